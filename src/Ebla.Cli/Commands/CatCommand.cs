using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ebla.Cli.Access;
using Ebla.Cli.Invocation;
using Ebla.Operations;
using Ebla.Operations.Contents;
using Ebla.Repositories;

namespace Ebla.Cli.Commands;

internal static class CatCommand
{
    private const string Blob = "blob";

    private static readonly Dictionary<string, CatKind> Kinds =
        Enum.GetValues<CatKind>().ToDictionary(kind => kind.ToString().ToLowerInvariant());

    public static Command Create(CommandRunner runner)
    {
        Argument<string> what = new("WHAT")
        {
            Description = $"SNAPSHOT:PATH of a file, or a kind of object: {string.Join(", ", Kinds.Keys)}, {Blob}.",
        };
        Argument<string?> id = new("ID")
        {
            Description = "Of an object: its id or the first digits of it.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        TaughtCommand command = new(
            "cat",
            "Writes a file of a snapshot to standard output; or shows an object of the repository, decoded as JSON. Never a secret.",
            """
            ebla cat latest:/etc/hosts
            ebla cat latest:/srv/dump.sql.gz | gunzip | less
            ebla cat snapshot latest
            ebla cat blob 1a2b3c4d | sha256sum
            """)
        {
            what, id,
        };
        runner.Attach(command, context => RunAsync(context, context.Get(what)!, context.Get(id)));
        return command;
    }

    private static async Task<int> RunAsync(CommandContext context, string what, string? id)
    {
        if (Kinds.TryGetValue(what, out CatKind kind))
        {
            if (id is null && kind != CatKind.Header)
            {
                throw new UsageException($"Which {what}? Give its id: ebla cat {what} ID");
            }
            await using Repository repository = await RepositoryAccess.OpenAsync(context);
            Write(context, await CatOperation.ReadAsync(repository, kind, id ?? "", context.CancellationToken));
            return ExitCode.Done;
        }
        SnapshotPath place = SnapshotArgument.Parse(what);
        bool isBlob = what == Blob;
        if (isBlob ? id is null : id is not null || place.Path.IsEmpty)
        {
            throw new UsageException(isBlob
                ? "Which blob? Give its id: ebla cat blob ID"
                : $"'{what}' is neither SNAPSHOT:PATH nor a kind of object ({string.Join(", ", Kinds.Keys)}, {Blob}).");
        }
        if (context.IsJson)
        {
            throw new UsageException("--json: contents are written as they are.");
        }
        await using (Repository repository = await RepositoryAccess.OpenAsync(context))
        {
            if (isBlob)
            {
                await CatOperation.CopyBlobAsync(repository, id!, context.RawOutput, context.CancellationToken);
            }
            else
            {
                _ = await CatOperation.CopyFileAsync(repository, place, context.RawOutput, context.CancellationToken);
            }
        }
        return ExitCode.Done;
    }

    private static void Write(CommandContext context, JsonObject decoded)
    {
        using (Utf8JsonWriter writer = new(context.RawOutput, new JsonWriterOptions { Indented = true }))
        {
            decoded.WriteTo(writer);
        }
        context.RawOutput.Write("\n"u8);
    }
}
