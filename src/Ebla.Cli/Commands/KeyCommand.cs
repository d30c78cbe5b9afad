using System.CommandLine;
using System.Text;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Keys;
using Ebla.Operations.KeySlots;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class KeyCommand
{
    // What the format allows.
    private const int LabelSizeInBytesMax = 256;

    public static Command Create(CommandRunner runner)
    {
        TaughtCommand command = new(
            "key",
            "Lists and changes what opens the repository: passwords and key files, each of which has a slot of its own.",
            """
            ebla key list --repo /mnt/backup
            ebla key add -r /mnt/backup --label 'in the safe' --new-key-file /media/stick/backup.key
            ebla key passwd -r /mnt/backup
            """)
        {
            CreateList(runner), CreateAdd(runner), CreateRemove(runner), CreatePasswd(runner),
        };
        return command;
    }

    private static TaughtCommand CreateList(CommandRunner runner)
    {
        TaughtCommand command = new("list", "Lists the key slots, oldest first.", "ebla key list --repo /mnt/backup");
        runner.Attach(command, async context =>
        {
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            IReadOnlyList<SlotInfo> slots = await KeySlotOperation.ListAsync(repository, context.CancellationToken);
            return context.Conclude(
                ExitCode.Done,
                [.. slots.Select(KeySlotReport.Of)],
                ReportsContext.Default.KeySlotReportArray,
                output => WriteTable(output, slots));
        });
        return command;
    }

    private static TaughtCommand CreateAdd(CommandRunner runner)
    {
        NewCredentialOptions options = new();
        Option<string?> label = new("--label") { Description = "A name for the slot.", HelpName = "TEXT" };
        TaughtCommand command = new(
            "add",
            "Adds a password or key file. What opens the repository now goes on doing so.",
            """
            ebla key add -r /mnt/backup                                          asks for the new password, twice
            ebla key add -r /mnt/backup --new-key-file stick.key --label stick   a key file, made if it is not there
            """)
        {
            label,
        };
        options.AddTo(command);
        runner.Attach(command, async context =>
        {
            string text = CommandContext.ToText(context.Get(label) ?? "", label.Name);
            if (text.Any(char.IsControl) || Encoding.UTF8.GetByteCount(text) > LabelSizeInBytesMax)
            {
                throw new UsageException($"--label: at most {LabelSizeInBytesMax} bytes and no control characters.");
            }
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            using Credential credential = options.Find(context);
            SlotInfo slot = await KeySlotOperation.AddAsync(repository, credential, text, null, context.CancellationToken);
            return Conclude(context, slot, "added");
        });
        return command;
    }

    private static TaughtCommand CreateRemove(CommandRunner runner)
    {
        Argument<string> id = new("ID") { Description = "The slot's id as 'key list' shows it, or at least 4 digits of it." };
        TaughtCommand command = new(
            "remove",
            "Removes a password or key file. Not the one that opens the repository now, and not the last one. "
            + "Whoever kept an old copy of the repository can still open that copy.",
            "ebla key remove 1a2b3c4d --repo /mnt/backup")
        {
            id,
        };
        runner.Attach(command, async context =>
        {
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            SlotInfo slot = await KeySlotOperation.RemoveAsync(repository, context.Get(id)!, context.CancellationToken);
            return Conclude(context, slot, "removed");
        });
        return command;
    }

    private static TaughtCommand CreatePasswd(CommandRunner runner)
    {
        NewCredentialOptions options = new();
        TaughtCommand command = new(
            "passwd",
            "Replaces what opens the repository now by a new password or key file.",
            """
            ebla key passwd --repo /mnt/backup
            EBLA_NEW_PASSWORD_COMMAND='pass backup-new' ebla key passwd --repo /mnt/backup
            """);
        options.AddTo(command);
        runner.Attach(command, async context =>
        {
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            using Credential credential = options.Find(context);
            SlotInfo slot = await KeySlotOperation.ReplaceAsync(repository, credential, null, context.CancellationToken);
            return Conclude(context, slot, "replaces the one that opened the repository");
        });
        return command;
    }

    private static int Conclude(CommandContext context, SlotInfo slot, string what) => context.Conclude(
        ExitCode.Done,
        KeySlotReport.Of(slot),
        ReportsContext.Default.KeySlotReport,
        output => output.WriteLine($"key {slot.Id.ToShortString()} ({KeySlotReport.KindOf(slot)}) {what}"));

    private static void WriteTable(TextWriter output, IReadOnlyList<SlotInfo> slots)
    {
        TextTable table = new("ID", "OPENED BY", "CREATED", "LABEL");
        foreach (SlotInfo slot in slots)
        {
            table.Add(
                $"{slot.Id.ToShortString()}{(slot.IsOpened ? "*" : "")}",
                KeySlotReport.KindOf(slot),
                slot.Created is { } created ? TimeText.Format(created) : "unknown",
                SafeText.ForTerminal(slot.Label ?? ""));
        }
        table.WriteTo(output);
    }
}
