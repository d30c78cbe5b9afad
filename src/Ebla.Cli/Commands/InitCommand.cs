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
        Option<string?> like = new("--like")
        {
            Description = "Make it like this repository: equal files are cut and named alike in both, so that copying between them is "
                + "cheap and deduplicates. Keys of contents and passwords are its own.",
            HelpName = "LOCATION",
        };
        FromOptions from = new();
        TaughtCommand command = new(
            "init",
            "Makes a new repository. Asks for a password, or takes what opens it from a key file, which is made "
            + "if it is not there.",
            """
            ebla init --repo /mnt/backup                               with a password, asked for twice
            ebla init --repo /mnt/backup --key-file ~/backup.key       with a key file, made if it is not there
            EBLA_PASSWORD_COMMAND='pass backup' ebla init -r /mnt/backup
            ebla init -r sftp:host:backup --like /mnt/backup --from-key-file ~/backup.key    for copies of the other
            """)
        {
            chunkSize,
            like,
        };
        from.AddTo(command);
        runner.Attach(command, context => RunAsync(context, context.Get(chunkSize), context.Get(like), from));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string? chunkSize, string? like, FromOptions from)
    {
        if (like is not null && chunkSize is not null)
        {
            throw new UsageException("--chunk-size: with --like the sizes are those of the other repository.");
        }
        ChunkerSettings chunker = ReadChunker(chunkSize);
        var location = RepositoryLocation.Of(context);
        await using Repository? other = like is null ? null : await from.OpenAsync(context, like);
        (Repository repository, string? newKeyFile) = await RepositoryAccess.CreateAsync(
            context, location, chunker, other?.Keys.Ring);
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
