using System.Security.Cryptography;
using Ebla.Hashing;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Repositories;

/// <summary>
/// Stored bytes of one repository's snapshots and trees, kept in a local folder so that they need not come over the line again. Each has
/// the BLAKE3 of its bytes for a name, which is checked on every use: what is wrong is dropped. Safe for concurrent use, and by several
/// processes: files are added by renaming, and removed.
/// </summary>
/// <remarks>
/// It holds what the store holds: ciphertext. No failure of it is a failure of the program; a folder that is full, or cannot be written,
/// is read from and not added to. Its size is looked at when a sixteenth of the bound was added, by each process: so much it may exceed it.
/// </remarks>
internal sealed class MetadataCache
{
    private const string TemporarySuffix = ".new";
    private const int LooksPerBound = 16;

    // What was used is marked by its time; once in an hour is enough to tell old from new.
    private static readonly TimeSpan MarkInterval = TimeSpan.FromHours(1);
    private static readonly TimeSpan LeftOverAge = TimeSpan.FromDays(1);

    private readonly string _folder;
    private readonly long _sizeInBytesMax;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _addedInBytes;
    private volatile bool _isReadOnly;

    private MetadataCache(string folder, long sizeInBytesMax, TimeProvider time)
    {
        _folder = folder;
        _sizeInBytesMax = sizeInBytesMax;
        _time = time;
        _addedInBytes = sizeInBytesMax; // So that the first addition looks.
    }

    /// <summary>Opens or creates the folder; null if that cannot be, or nothing may be kept.</summary>
    public static MetadataCache? TryOpen(string? cacheFolder, RepositoryId repository, long sizeInBytesMax, TimeProvider time)
    {
        if (cacheFolder is null || sizeInBytesMax <= 0)
        {
            return null;
        }
        string folder = Path.Combine(cacheFolder, repository.ToString(), "metadata");
        try
        {
            _ = Directory.CreateDirectory(folder);
            return new MetadataCache(folder, sizeInBytesMax, time);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // Without it everything works, only slower.
        }
    }

    /// <summary>Reads bytes of a known length.</summary>
    /// <returns>False if they are not here; what the destination holds is then undefined.</returns>
    public bool TryRead(Hash256 hash, Span<byte> destination)
    {
        string path = PathOf(hash);
        try
        {
            using SafeFileHandle file = File.OpenHandle(path);
            if (RandomAccess.GetLength(file) == destination.Length && ReadAll(file, destination) && Blake3.Hash(destination) == hash)
            {
                Mark(path);
                return true;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false; // As a rule because it is not there.
        }
        Remove(path);
        return false;
    }

    /// <summary>Reads all bytes; null if they are not here, or are more.</summary>
    public byte[]? TryRead(Hash256 hash, long sizeInBytesMax)
    {
        try
        {
            FileInfo file = new(PathOf(hash));
            if (!file.Exists || file.Length > sizeInBytesMax)
            {
                return null;
            }
            byte[] content = new byte[file.Length];
            return TryRead(hash, content) ? content : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // Removed in between.
        }
    }

    /// <summary>Keeps bytes, if that can be. The caller has checked that they have this hash.</summary>
    public void Add(Hash256 hash, ReadOnlySpan<byte> content)
    {
        if (_isReadOnly || content.Length > _sizeInBytesMax / LooksPerBound)
        {
            return;
        }
        string path = PathOf(hash);
        string temporary = Path.Combine(_folder, RandomNumberGenerator.GetHexString(32, lowercase: true) + TemporarySuffix);
        try
        {
            if (File.Exists(path))
            {
                return;
            }
            using (SafeFileHandle file = File.OpenHandle(
                temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                RandomAccess.Write(file, content, 0);
            }
            File.SetLastWriteTimeUtc(temporary, _time.GetUtcNow().UtcDateTime);
            File.Move(temporary, path, overwrite: true);
            Count(content.Length);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _isReadOnly = true; // Full, or not ours to write: it will not get better while this runs.
            Remove(temporary);
        }
    }

    private static bool ReadAll(SafeFileHandle file, Span<byte> destination)
    {
        for (int offset = 0; offset < destination.Length;)
        {
            int read = RandomAccess.Read(file, destination[offset..], offset);
            if (read == 0)
            {
                return false;
            }
            offset += read;
        }
        return true;
    }

    private static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What stays is found wrong again by the next use, or too old by the next look.
        }
    }

    private string PathOf(Hash256 hash) => Path.Combine(_folder, hash.ToString());

    private void Mark(string path)
    {
        try
        {
            DateTime now = _time.GetUtcNow().UtcDateTime;
            if (now - File.GetLastWriteTimeUtc(path) > MarkInterval)
            {
                File.SetLastWriteTimeUtc(path, now);
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It only goes earlier than it might.
        }
    }

    private void Count(long sizeInBytes)
    {
        lock (_lock)
        {
            _addedInBytes += sizeInBytes;
            if (_addedInBytes < _sizeInBytesMax / LooksPerBound)
            {
                return;
            }
            _addedInBytes = 0;
            Trim();
        }
    }

    // What was not used for longest goes first, until there is room until the next look.
    private void Trim()
    {
        DateTime old = _time.GetUtcNow().UtcDateTime - LeftOverAge;
        List<(DateTime Used, long SizeInBytes, string Path)> files = [];
        long total = 0;
        foreach (FileInfo file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (file.Name.EndsWith(TemporarySuffix, StringComparison.Ordinal))
            {
                // A young one is being written by somebody.
                if (file.LastWriteTimeUtc < old)
                {
                    Remove(file.FullName);
                }
                continue;
            }
            files.Add((file.LastWriteTimeUtc, file.Length, file.FullName));
            total += file.Length;
        }
        files.Sort();
        long allowed = _sizeInBytesMax - (_sizeInBytesMax / LooksPerBound);
        foreach ((_, long sizeInBytes, string path) in files)
        {
            if (total <= allowed)
            {
                return;
            }
            Remove(path);
            total -= sizeInBytes;
        }
    }
}
