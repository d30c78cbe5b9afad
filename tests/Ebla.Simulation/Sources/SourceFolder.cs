using Ebla.Simulation.Scheduling;

namespace Ebla.Simulation.Sources;

/// <summary>A machine's files: few and small, with contents from a pool that all machines share, so that they deduplicate.</summary>
internal sealed class SourceFolder
{
    private const int PoolSize = 14;
    private const int FilesMax = 14;

    private static readonly string[] Folders = ["", "a/", "b/", "b/c/"];

    private readonly string _folder;
    private readonly FileRegister _register;
    private readonly Chance _chance;
    private readonly Chance _pool;
    private readonly SortedDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, VirtualStatus> _statuses = [];
    private ulong _inodes = 100;
    private long _versions;

    /// <param name="folder">The folder, as the system knows it.</param>
    /// <param name="register">Where its files get their inodes and times.</param>
    /// <param name="poolSeed">Makes the pool of contents.</param>
    /// <param name="chance">Chooses.</param>
    public SourceFolder(string folder, FileRegister register, ulong poolSeed, Chance chance)
    {
        _folder = folder;
        _register = register;
        _chance = chance;
        _pool = new Chance(poolSeed);
        Contents = [.. Enumerable.Range(0, PoolSize).Select(MakeContent)];
        _ = Directory.CreateDirectory(folder);
        foreach (string name in Folders)
        {
            _ = Directory.CreateDirectory(Path.Combine(folder, name));
            Touch(name, isNew: true);
        }
    }

    private byte[][] Contents { get; }

    /// <summary>What is there now, by path.</summary>
    public Dictionary<string, byte[]> Content() => new(_files, StringComparer.Ordinal);

    /// <summary>Changes that many things.</summary>
    public void Change(int count)
    {
        for (int i = 0; i < count; i++)
        {
            string path = _chance.Pick(Folders) + "f" + _chance.Below(FilesMax / 2);
            if (_files.ContainsKey(path) && _chance.Happens(0.3))
            {
                _register.Remove(Path.Combine(_folder, path));
                File.Delete(Path.Combine(_folder, path));
                _ = _files.Remove(path);
                _ = _statuses.Remove(path);
                Touch(FolderOf(path), isNew: false);
                continue;
            }
            byte[] content = _chance.Pick(Contents);
            bool isNew = !_files.ContainsKey(path);
            File.WriteAllBytes(Path.Combine(_folder, path), content);
            _files[path] = content;
            Touch(path, isNew);
            if (isNew)
            {
                Touch(FolderOf(path), isNew: false);
            }
        }
    }

    private static string FolderOf(string path) => path[..(path.LastIndexOf('/') + 1)];

    private void Touch(string path, bool isNew)
    {
        ulong inode = isNew ? _inodes++ : _statuses[path].Inode;
        VirtualStatus status = new(inode, ++_versions);
        _statuses[path] = status;
        _register.Set(Path.Combine(_folder, path).TrimEnd('/'), status);
    }

    // From nothing to several chunks; some compress.
    private byte[] MakeContent(int number)
    {
        int size = number switch { 0 => 0, 1 => 1, < 10 => _pool.Between(100, 3000), < 13 => _pool.Between(3000, 9000), _ => 70_000 };
        byte[] content = _pool.Bytes(size);
        if (number % 3 == 0)
        {
            content.AsSpan(size / 2).Fill((byte)number);
        }
        return content;
    }
}
