using System.Collections.Concurrent;
using Ebla.FileSystems;
using Ebla.Operations.Restores.Planning;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Writing;

/// <summary>
/// Writes contents to files, and finishes each file after its last piece: metadata, then its name. A file with anything wrong is
/// not left behind. Safe for concurrent use; disposing removes what is not finished.
/// </summary>
internal sealed class FileWriter(
    TargetTree target, LinkedFiles links, RestoreReport report, RestoreCounters counters, RestoreOptions options) : IDisposable
{
    /// <summary>
    /// Of a file of this size and more, a run that is stopped leaves what it has, for the next one to go on with: a second's work.
    /// </summary>
    public const long ResumableSizeInBytesMin = 64 << 20;

    private readonly SemaphoreSlim _slots = new(options.OpenFilesMax);
    private readonly ConcurrentDictionary<RestoreFile, bool> _open = [];

    // Files that have something under their temporary name, though nobody may have opened that yet.
    private readonly ConcurrentDictionary<RestoreFile, bool> _begun = [];

    /// <summary>Writes a file of one piece.</summary>
    /// <param name="file">The file.</param>
    /// <param name="content">All of it.</param>
    /// <param name="isKept">Whether it comes from the target, and not from the repository.</param>
    public void WriteWhole(RestoreFile file, ReadOnlySpan<byte> content, bool isKept = false)
    {
        try
        {
            TargetDirectory directory = target.Open(file.Directory);
            try
            {
                using TargetFile opened = file.Opening == FileOpening.InPlace
                    ? directory.OpenInPlace(file.Name)
                    : directory.CreateFile(file.Name, 0, file.Metadata.Flags ?? FileFlags.None);
                if (file.Opening == FileOpening.InPlace)
                {
                    opened.SetSize(content.Length);
                }
                opened.WriteAt(0, content);
                MetadataOutcome outcome = opened.SetMetadata(file.Metadata);
                opened.Commit();
                report.Metadata(file.Directory, file.Name, outcome);
            }
            finally
            {
                target.Close(file.Directory);
            }
            if (isKept)
            {
                counters.CountKept(content.Length);
            }
            else
            {
                counters.CountRestored(content.Length);
            }
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            file.Fail(exception.Message);
        }
        End(file);
    }

    /// <summary>The content of a file in the target is right: only its metadata are set.</summary>
    public void Keep(RestoreFile file, ExistingFile existing)
    {
        try
        {
            if (!options.DryRun)
            {
                report.Metadata(file.Directory, file.Name, TargetDirectory.SetMetadata(existing, file.Metadata));
            }
            counters.CountKept(file.SizeInBytes);
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            file.Fail(exception.Message);
        }
        End(file);
    }

    /// <summary>Ends a file of one piece in a dry run.</summary>
    public void EndUnwritten(RestoreFile file) => End(file);

    /// <summary>Writes one piece of several.</summary>
    /// <param name="piece">Which.</param>
    /// <param name="content">Its bytes, checked.</param>
    /// <param name="mayDecline">Whether to return false, having done nothing, if too many files are open.</param>
    public bool TryWrite(in FilePiece piece, ReadOnlySpan<byte> content, bool mayDecline)
    {
        RestoreFile file = piece.File;
        try
        {
            if (file.Failure is null)
            {
                TargetFile? opened = file.Opened ?? TryOpen(file, mayDecline);
                if (opened is null)
                {
                    return false;
                }
                opened.WriteAt(piece.Offset, content);
                counters.CountRestored(content.Length);
            }
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            file.Fail(exception.Message);
        }
        Release(file);
        return true;
    }

    /// <summary>A piece of the file cannot be had.</summary>
    public void FailPiece(RestoreFile file, string message)
    {
        file.Fail(message);
        if (file.IsOnePiece)
        {
            End(file);
        }
        else
        {
            Release(file);
        }
    }

    /// <summary>The file stands under its temporary name, with some of its pieces.</summary>
    public void Begin(RestoreFile file)
    {
        file.Opening = FileOpening.Temporary;
        _begun[file] = true;
    }

    /// <summary>A file cannot be planned to its end.</summary>
    public void FailPlanning(RestoreFile file, string message)
    {
        if (!file.IsOnePiece)
        {
            file.EndPlanning();
        }
        FailPiece(file, message);
    }

    /// <summary>One thing less that the file waits for; with the last, it is finished.</summary>
    public void Release(RestoreFile file)
    {
        if (!file.Release())
        {
            return;
        }
        try
        {
            Finish(file);
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            file.Fail(exception.Message);
        }
        finally
        {
            CloseUnfinished(file);
        }
        End(file);
    }

    public void Dispose()
    {
        foreach (RestoreFile file in _open.Keys)
        {
            CloseUnfinished(file);
        }
        foreach (RestoreFile file in _begun.Keys)
        {
            RemoveUnfinished(file);
        }
        _slots.Dispose();
    }

    // A file that is still being planned may be larger than a plan, so it must not be put off to the end of one.
    private TargetFile? TryOpen(RestoreFile file, bool mayDecline)
    {
        lock (file.Lock)
        {
            if (file.Opened is { } opened)
            {
                return opened;
            }
            bool hasSlot = _slots.Wait(0);
            if (!hasSlot && mayDecline && file.IsPlanned)
            {
                return null;
            }
            try
            {
                opened = Create(file);
                file.HoldsSlot = hasSlot;
                file.Opened = opened;
                return opened;
            }
            catch
            {
                if (hasSlot)
                {
                    _ = _slots.Release();
                }
                throw;
            }
        }
    }

    private TargetFile Create(RestoreFile file)
    {
        TargetDirectory directory = target.Open(file.Directory);
        try
        {
            TargetFile opened = file.Opening switch
            {
                FileOpening.InPlace => directory.OpenInPlace(file.Name),
                FileOpening.Temporary => directory.TryOpenTemporary(file.Name)
                    ?? throw FileSystemException.Refused("go on with", file.PathInSnapshot, "its unfinished file was taken away"),
                _ => directory.CreateFile(file.Name, file.SizeInBytes, file.Metadata.Flags ?? FileFlags.None),
            };
            _open[file] = true;
            return opened;
        }
        catch
        {
            target.Close(file.Directory);
            throw;
        }
    }

    // Nobody else uses the file any more.
    private void Finish(RestoreFile file)
    {
        if (file.Failure is not null || options.DryRun)
        {
            return;
        }
        TargetFile opened = file.Opened ??= Create(file); // Empty, or one hole.
        MetadataOutcome outcome = opened.SetMetadata(file.Metadata);
        opened.Commit();
        report.Metadata(file.Directory, file.Name, outcome);
    }

    private void CloseUnfinished(RestoreFile file)
    {
        if (!_open.TryRemove(file, out _))
        {
            return;
        }
        if (file.Failure is null && (file.SizeInBytes >= ResumableSizeInBytesMin || file.Opening == FileOpening.InPlace))
        {
            file.Opened!.Leave();
        }
        file.Opened!.Dispose();
        target.Close(file.Directory);
        if (file.HoldsSlot)
        {
            _ = _slots.Release();
        }
    }

    // Of a file that nobody opened, or that nobody is to go on with.
    private void RemoveUnfinished(RestoreFile file)
    {
        if (file.Failure is null && file.SizeInBytes >= ResumableSizeInBytesMin)
        {
            return;
        }
        try
        {
            TargetDirectory directory = target.Open(file.Directory);
            directory.TryOpenTemporary(file.Name)?.Dispose();
            target.Close(file.Directory);
        }
        catch (FileSystemException exception)
        {
            report.Notice(file.PathInSnapshot, $"something unfinished may be left beside it: {exception.Message}");
        }
    }

    private void End(RestoreFile file)
    {
        if (_begun.TryRemove(file, out _) && file.Failure is not null)
        {
            RemoveUnfinished(file);
        }
        if (file.Failure is { } failure)
        {
            report.Problem(file.PathInSnapshot, failure);
            if (file.Links is not null)
            {
                links.Failed(file.Links);
            }
        }
        else
        {
            counters.CountFile();
            if (file.Links is not null)
            {
                links.Restored(file.Links, file.Directory, file.Name);
            }
        }
        target.Release(file.Directory);
    }
}
