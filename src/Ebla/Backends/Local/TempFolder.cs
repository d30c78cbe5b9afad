using System.Security.Cryptography;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Backends.Local;

/// <summary>The unfinished writes of one process: a folder of its own under <c>tmp/</c>, with a lock that dies with the process.</summary>
/// <remarks>
/// A folder whose lock can be taken belongs to nobody, and whoever takes the lock may remove it. A creator that was overtaken between
/// making its folder and locking it notices (no lock file, or one without a name) and starts over with another folder.
/// Where locks are not to be had, or may hold on one host only (network and FUSE file systems), folders of the dead stay.
/// </remarks>
internal sealed class TempFolder : IDisposable
{
    private const string LockName = "lock";
    private const int NameLength = 32;

    // A collision of 128-bit names does not happen; being overtaken again and again does not either.
    private const int AttemptsMax = 16;

    private readonly string _path;
    private readonly SafeFileHandle _lock;
    private long _fileCount;

    private TempFolder(string path, SafeFileHandle lockFile)
    {
        _path = path;
        _lock = lockFile;
    }

    /// <summary>Makes a folder under <paramref name="parent"/>, which is there, and holds it.</summary>
    public static TempFolder Create(string parent)
    {
        for (int attempt = 0; attempt < AttemptsMax; attempt++)
        {
            string path = $"{parent}/{RandomNumberGenerator.GetHexString(NameLength, lowercase: true)}";
            if (PosixFile.CreateFolder(path) == FolderOutcome.NoParent)
            {
                throw PosixError.From(PosixError.NoEntry, "cannot create the folder", path);
            }
            string lockPath = $"{path}/{LockName}";
            SafeFileHandle? lockFile = PosixFile.OpenLock(lockPath);
            if (lockFile is not null && PosixFile.TryLock(lockFile) != false && PosixFile.IsLinked(lockFile, lockPath))
            {
                return new TempFolder(path, lockFile);
            }
            lockFile?.Dispose();
        }
        throw new BackendException($"{parent}: cannot get a folder for temporary files.", isTransient: true);
    }

    /// <summary>Removes the folders of processes that are no more. What cannot be removed is left: nothing in it counts.</summary>
    public static void RemoveDead(string parent)
    {
        try
        {
            DriveInfo drive = new(parent);
            if (drive.DriveType == DriveType.Network || drive.DriveFormat.StartsWith("fuse", StringComparison.Ordinal))
            {
                return;
            }
            foreach (string folder in Directory.EnumerateDirectories(parent))
            {
                string name = Path.GetFileName(folder);
                if (name.Length == NameLength && name.All(char.IsAsciiHexDigitLower))
                {
                    RemoveIfDead(folder);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BackendException)
        {
            // It is rubbish of others; a disk that really fails says so at our own writes.
        }
    }

    /// <summary>A new path for an unfinished object.</summary>
    public string NewFilePath(string name) => $"{_path}/{Interlocked.Increment(ref _fileCount)}-{name}";

    /// <summary>Gives the folder up. Files still in it are removed.</summary>
    public void Dispose()
    {
        try
        {
            RemoveAll(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or BackendException)
        {
            // The next process removes it.
        }
        _lock.Dispose();
    }

    private static void RemoveIfDead(string folder)
    {
        string lockPath = $"{folder}/{LockName}";
        using SafeFileHandle? lockFile = PosixFile.OpenLock(lockPath);
        if (lockFile is not null && PosixFile.TryLock(lockFile) == true && PosixFile.IsLinked(lockFile, lockPath))
        {
            RemoveAll(folder);
        }
    }

    // The lock file goes last, so that the folder stays ours until it is empty.
    private static void RemoveAll(string folder)
    {
        string lockPath = $"{folder}/{LockName}";
        foreach (string file in Directory.EnumerateFiles(folder))
        {
            if (file != lockPath)
            {
                PosixFile.Delete(file);
            }
        }
        PosixFile.Delete(lockPath);
        PosixFile.DeleteFolderIfEmpty(folder);
    }
}
