using System.Buffers;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Backends.Local;

/// <summary>An object that is written to its temporary file and waits for the flush.</summary>
/// <remarks>
/// The file stays open until it is synced: an error of the write-back belongs to open files, and one that came while none was open
/// could be forgotten by the kernel.
/// </remarks>
internal sealed class PendingObject
{
    // Cancellation is looked at between slices.
    private const int WriteSizeInBytesMax = 1 << 20;

    // A small file is left to the sync: starting its write-back early is one more trip to the disk.
    private const int WriteBackSizeInBytesMin = 256 * 1024;

    private readonly string _tempPath;
    private readonly SafeFileHandle _file;

    private PendingObject(string tempPath, SafeFileHandle file, long sizeInBytes)
    {
        _tempPath = tempPath;
        _file = file;
        SizeInBytes = sizeInBytes;
    }

    public long SizeInBytes { get; }

    /// <summary>Whether a flush has begun to publish it.</summary>
    public bool IsCommitting { get; set; }

    /// <summary>Writes a temporary file; after a failure there is none.</summary>
    public static PendingObject Write(
        string tempPath, ReadOnlySequence<byte> content, CancellationToken cancellationToken)
    {
        PendingObject pending = new(tempPath, PosixFile.Create(tempPath), content.Length);
        try
        {
            long offset = 0;
            foreach (ReadOnlyMemory<byte> segment in content)
            {
                for (int start = 0; start < segment.Length; start += WriteSizeInBytesMax)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    int length = Math.Min(WriteSizeInBytesMax, segment.Length - start);
                    PosixFile.WriteAt(pending._file, tempPath, segment.Span.Slice(start, length), offset);
                    offset += length;
                }
            }
            if (offset >= WriteBackSizeInBytesMin)
            {
                PosixFile.StartWriteBack(pending._file);
            }
            return pending;
        }
        catch
        {
            pending.Discard();
            throw;
        }
    }

    /// <summary>Makes the bytes durable. Once: a failure is final.</summary>
    public void Sync()
    {
        PosixFile.Sync(_file, _tempPath);
        _file.Dispose();
    }

    /// <summary>Gives the synced file its name.</summary>
    public void Publish(string path) => PosixFile.Move(_tempPath, path);

    /// <summary>Gives the synced file its name if nobody has it; false if it is taken. The temporary name may stay.</summary>
    public bool TryPublishAsFirst(string path) => PosixFile.TryMoveToFreeName(_tempPath, path);

    /// <summary>Closes and removes the temporary file. One that cannot be removed goes with its folder.</summary>
    public void Discard()
    {
        _file.Dispose();
        try
        {
            PosixFile.Delete(_tempPath);
        }
        catch (BackendException)
        {
            // Called after a failure that is already on its way to the caller. Nothing under tmp/ counts.
        }
    }
}
