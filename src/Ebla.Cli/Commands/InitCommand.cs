using System.CommandLine;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Cli.Rendering;
using Ebla.Cli.Reports;
using Ebla.Keys;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class InitCommand
{
    public static Command Create(CommandRunner runner)
    {
        Option<string?> chunkSize = new("--chunk-size")
        {
            Description = "Average size of the pieces files are cut into: a power of two, 16KiB to 8MiB. "
                + "Cannot be changed later. Smaller ones store less of changed files, larger ones need less memory.",
            HelpName = "SIZE",
        };
        TaughtCommand command = new(
            "init",
            "Makes a new repository. Asks for a password, or takes what opens it from a key file, which is made "
            + "if it is not there.",
            """
            ebla init --repo /mnt/backup                               with a password, asked for twice
            ebla init --repo /mnt/backup --key-file ~/backup.key       with a key file, made if it is not there
            EBLA_PASSWORD_COMMAND='pass backup' ebla init -r /mnt/backup
            """)
        {
            chunkSize,
        };
        runner.Attach(command, context => RunAsync(context, ReadChunker(context.Get(chunkSize))));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, ChunkerSettings chunker)
    {
        var location = RepositoryLocation.Of(context);
        (Repository repository, string? newKeyFile) = await RepositoryAccess.CreateAsync(context, location, chunker);
        await using (repository)
        {
            RingKeys ring = repository.Keys.Ring;
            InitReport report = new(
                repository.Id.ToString(), location.ToString(), newKeyFile, ring.Chunker.AverageSizeInBytes, ring.Suite.ToString());
            return context.Conclude(ExitCode.Done, report, ReportsContext.Default.InitReport, output => output.WriteLine(
                $"repository {report.RepositoryId} is ready at {report.Location}"));
        }
    }

    private static ChunkerSettings ReadChunker(string? text)
    {
        if (text is null)
        {
            return ChunkerSettings.ForAverage(ChunkerSettings.AverageSizeInBytesDefault);
        }
        try
        {
            long size = ByteSize.TryParse(text) ?? throw new UsageException($"--chunk-size: '{text}' is no size; try 256KiB.");
            return ChunkerSettings.ForAverage((int)Math.Min(size, int.MaxValue));
        }
        catch (ArgumentException)
        {
            throw new UsageException(
                $"--chunk-size: a power of two from {ByteSize.Format(ChunkerSettings.AverageSizeInBytesMin)} "
                + $"to {ByteSize.Format(ChunkerSettings.AverageSizeInBytesMax)} is needed, not '{text}'.");
        }
    }
}
