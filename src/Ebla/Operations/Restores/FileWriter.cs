using System.Collections.Concurrent;
using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Restores;

/// <summary>
/// Writes contents to files, and finishes each file after its last piece: metadata, then its name. A file with anything wrong is
/// not left behind. Safe for concurrent use; disposing removes what is not finished.
/// </summary>
internal sealed class FileWriter(
    TargetTree target, LinkedFiles links, RestoreReport report, RestoreCounters counters, int openFilesMax) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(openFilesMax);
    private readonly ConcurrentDictionary<RestoreFile, bool> _open = [];

    /// <summary>Writes a file of one piece.</summary>
    public void WriteWhole(RestoreFile file, ReadOnlySpan<byte> content)
    {
        try
        {
            TargetDirectory directory = target.Open(file.Directory);
            try
            {
                using TargetFile opened = directory.CreateFile(file.Name, 0, file.Metadata.Flags ?? FileFlags.None);
                opened.WriteAt(0, content);
                MetadataOutcome outcome = opened.SetMetadata(file.Metadata);
                opened.Commit();
                report.Metadata(file.Directory, file.Name, outcome);
            }
            finally
            {
                target.Close(file.Directory);
            }
            counters.CountRestored(content.Length);
        }
        catch (FileSystemException exception)
        {
            TargetFailure.ThrowIfFinal(exception);
            file.Fail(exception.Message);
        }
        End(file);
    }

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
            TargetFile opened = directory.CreateFile(file.Name, file.SizeInBytes, file.Metadata.Flags ?? FileFlags.None);
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
        if (file.Failure is not null)
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
        file.Opened!.Dispose();
        target.Close(file.Directory);
        if (file.HoldsSlot)
        {
            _ = _slots.Release();
        }
    }

    private void End(RestoreFile file)
    {
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
