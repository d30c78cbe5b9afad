using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>A stream that is backed up as one file: standard input, or what a command prints.</summary>
public sealed class BackupInput
{
    private readonly Func<Stream>? _open;
    private readonly IReadOnlyList<string> _command;

    private BackupInput(ByteName name, Func<Stream>? open, IReadOnlyList<string> command)
    {
        Path = LocalPath.Normalize(ByteName.FromText("/").Join(name));
        _open = open;
        _command = command;
    }

    /// <summary>Its path in the snapshot.</summary>
    public ByteName Path { get; }

    /// <summary>Takes all that a stream gives.</summary>
    /// <param name="name">The file's path in the snapshot, from the root.</param>
    /// <param name="open">Opens the stream, when it is its turn.</param>
    public static BackupInput FromStream(ByteName name, Func<Stream> open) => new(name, open, []);

    /// <summary>Takes all that a command prints. If it fails, the backup fails, and there is no snapshot.</summary>
    /// <param name="name">The file's path in the snapshot, from the root.</param>
    /// <param name="command">The program and its arguments; no shell looks at them. Errors that it prints pass through.</param>
    public static BackupInput FromCommand(ByteName name, IReadOnlyList<string> command)
    {
        ArgumentOutOfRangeException.ThrowIfZero(command.Count);
        return new BackupInput(name, null, command);
    }

    /// <summary>Reads it all. When this returns, everything was given, and a command has said that all went well.</summary>
    /// <exception cref="SourceException">The stream cannot be read, or the command failed.</exception>
    internal async Task<T> ReadAsync<T>(Func<IContentSource, Task<T>> read, CancellationToken cancellationToken)
    {
        if (_open is not null)
        {
            Stream stream = _open();
            await using ConfiguredAsyncDisposable disposing = stream.ConfigureAwait(false);
            return await read(new CheckedSource(new SourceStream(stream))).ConfigureAwait(false);
        }
        using Process process = Start();
        try
        {
            SourceStream output = new(process.StandardOutput.BaseStream);
            T result = await read(new CheckedSource(output)).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            return process.ExitCode == 0
                ? result
                : throw new SourceException($"The command '{_command[0]}' failed: {EndOf(process)}. No snapshot was made.");
        }
        catch when (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    private Process Start()
    {
        ProcessStartInfo start = new(_command[0], _command.Skip(1)) { RedirectStandardOutput = true, UseShellExecute = false };
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception exception)
        {
            throw new SourceException(
                $"The command '{_command[0]}' cannot be started: {exception.Message}. No snapshot was made.", exception);
        }
    }

    // As shells do, the framework gives 128 and the signal's number for a process that a signal ended.
    private static string EndOf(Process process)
        => process.ExitCode > 128 ? $"exit code {process.ExitCode}, or signal {process.ExitCode - 128}" : $"exit code {process.ExitCode}";

    // What fails in reading is the source's fault, not the repository's.
    private sealed class CheckedSource(IContentSource source) : IContentSource
    {
        public long? NextExtent() => source.NextExtent();

        public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
        {
            try
            {
                // A read from a terminal cannot be cancelled; it can be left to itself.
                return await source.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (IOException exception)
            {
                throw new SourceException($"The input cannot be read: {exception.Message} No snapshot was made.", exception);
            }
        }
    }
}
