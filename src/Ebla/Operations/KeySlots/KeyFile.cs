using System.Security.Cryptography;
using System.Text;
using Ebla.Backends.Local;
using Ebla.Encryption;
using Ebla.Primitives;
using Microsoft.Win32.SafeHandles;

namespace Ebla.Operations.KeySlots;

/// <summary>Makes key files.</summary>
public static class KeyFile
{
    // As text, so that it can be printed and typed in again.
    private const int RandomSizeInBytes = 32;

    /// <summary>
    /// Writes a new key file, for its owner alone: 64 hexadecimal digits and a line end. When this returns true, it is durable:
    /// nothing may be encrypted for a key that a power cut could take away.
    /// </summary>
    /// <param name="path">Fully qualified. Missing folders are made, for their owner alone.</param>
    /// <returns>False if there is a file already; it is left as it is.</returns>
    /// <exception cref="BackendException">It cannot be written.</exception>
    public static bool TryCreate(string path)
    {
        string folder = Path.GetDirectoryName(path) ?? throw new ArgumentException("A file in a folder is needed.", nameof(path));
        CreateFolder(folder);
        if (!PosixFile.IsMissing(path))
        {
            return false;
        }
        string temporary = $"{path}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}.new";
        try
        {
            using (SafeFileHandle file = PosixFile.Create(temporary))
            {
                using SecretBytes random = SecretBytes.Random(SystemEntropy.Instance, RandomSizeInBytes);
                byte[] text = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(random.Span) + "\n");
                PosixFile.WriteAt(file, temporary, text, 0);
                PosixFile.Sync(file, temporary);
                CryptographicOperations.ZeroMemory(text);
            }
            bool isNew = PosixFile.TryMoveToFreeName(temporary, path);
            _ = PosixFile.SyncFolder(folder);
            return isNew;
        }
        finally
        {
            _ = PosixFile.Delete(temporary);
        }
    }

    private static void CreateFolder(string path)
    {
        FolderOutcome outcome = PosixFile.CreateFolder(path);
        if (outcome == FolderOutcome.NoParent && Path.GetDirectoryName(path) is { } above)
        {
            CreateFolder(above);
            outcome = PosixFile.CreateFolder(path);
        }
        if (outcome == FolderOutcome.Created)
        {
            _ = PosixFile.SyncFolder(Path.GetDirectoryName(path)!);
        }
    }
}
