using System.Globalization;
using System.Text;
using Ebla.Tests.Operations.Restores;

namespace Ebla.Tests.Operations;

/// <summary>
/// A tree of chance below a folder: files, directories, links and all else, under names of any bytes. It is made and changed by the tools of
/// the system, by a script of a seed's choice, so that no code of ours has a hand in it.
/// </summary>
internal sealed class RandomTree
{
    // Sizes around nothing, a page, and the chunk sizes of the tests (24, 64 and 256 KiB).
    private static readonly int[] PoolSizes = [0, 1, 100, 4095, 4096, 24_575, 65_536, 65_537, 300_000, 1_000_000];

    private readonly Random _random;
    private readonly string _folder;
    private readonly string _pool;
    private readonly bool _isRoot;
    private readonly List<string> _directories = ["."];
    private readonly List<string> _files = [];
    private readonly List<string> _others = [];
    private readonly StringBuilder _script = new();
    private int _names;

    public RandomTree(string folder, string pool, int seed, bool isRoot)
    {
        _random = new Random(seed);
        (_folder, _pool, _isRoot) = (folder, pool, isRoot);
        _ = Directory.CreateDirectory(pool);
        for (int i = 0; i < PoolSizes.Length; i++)
        {
            byte[] content = new byte[PoolSizes[i]];
            _random.NextBytes(content);
            content.AsSpan(content.Length / 3, content.Length / 3).Fill((byte)'z');
            File.WriteAllBytes(Path.Combine(pool, $"{i}"), content);
        }
    }

    /// <summary>The commands of the last step, for the message of a test that failed.</summary>
    public string LastScript { get; private set; } = "";

    /// <summary>Makes that many entries.</summary>
    public void Grow(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Create();
        }
        Run();
    }

    /// <summary>Changes that many things.</summary>
    public void Mutate(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Change();
        }
        Run();
    }

    private void Create()
    {
        string path = $"{Pick(_directories)}/{Name()}";
        switch (_random.Next(12))
        {
            case 0 or 1 or 2:
                Do($"mkdir {path}");
                _directories.Add(path);
                break;
            case 3 when _files.Count > 0:
                Do($"ln {Pick(_files)} {path}");
                _files.Add(path);
                break;
            case 4:
                Do($"ln -s {Name()} {path}");
                _others.Add(path);
                break;
            case 5:
                Do(_isRoot && _random.Next(2) == 0
                    ? $"mknod {path} {Pick(["b", "c"])} {_random.Next(4096)} {_random.Next(1 << 20)}"
                    : $"mkfifo {path}");
                _others.Add(path);
                break;
            case 6 when _others.Count > 0:
                Do($"ln -P {Pick(_others)} {path}");
                _others.Add(path);
                break;
            case 7:
                // Data, a hole, data, a hole.
                Do($"cp {Content()} {path}; truncate -s {_random.Next(1, 3_000_000)} {path}");
                Do($"cat {Content()} >> {path}; truncate -s +{_random.Next(100_000)} {path}");
                _files.Add(path);
                break;
            default:
                Do($"cp {Content()} {path}");
                _files.Add(path);
                break;
        }
        if (_random.Next(2) == 0)
        {
            Decorate(path);
        }
    }

    private void Decorate(string path)
    {
        switch (_random.Next(6))
        {
            case 0:
                Do($"[ -L {path} ] || chmod {_random.Next(8)}7{_random.Next(8)}{_random.Next(8)} {path}");
                break;
            case 1 when _isRoot:
                Do($"chown -h {_random.Next(70_000)}:{_random.Next()} {path}");
                break;
            case 2:
                Do($"[ -L {path} ] || [ ! -f {path} -a ! -d {path} ] || setfattr -n user.{Letter()} -v 0x{Hex(_random.Next(60))} {path}");
                break;
            case 3:
                Do($"[ -L {path} ] || setfacl -m u:{_random.Next(70_000)}:r,g:{_random.Next(9)}:rwx {path}");
                break;
            case 4:
                Do($"[ ! -d {path} ] || [ -L {path} ] || setfacl -d -m u:{_random.Next(70_000)}:rx {path}");
                break;
            default:
                Do($"touch -h -d @{_random.Next(int.MinValue, int.MaxValue)}.{_random.Next(1_000_000_000):d9} {path}");
                break;
        }
    }

    private void Change()
    {
        int what = _random.Next(10);
        if (what < 3 || _files.Count < 5)
        {
            Create();
        }
        else if (what == 3)
        {
            Do($"cat {Content()} >> {Pick(_files)}");
        }
        else if (what == 4)
        {
            Do($"dd if={Content()} of={Pick(_files)} bs=1 seek={_random.Next(100_000)} count={_random.Next(1, 2000)} conv=notrunc status=none");
        }
        else if (what == 5)
        {
            Do($"truncate -s {_random.Next(200_000)} {Pick(_files)}");
        }
        else if (what == 6)
        {
            List<string> from = _others.Count > 0 && _random.Next(3) == 0 ? _others : _files;
            string old = Pick(from), name = $"{Pick(_directories)}/{Name()}";
            Do($"mv {old} {name}");
            from[from.IndexOf(old)] = name;
        }
        else if (what == 7)
        {
            // A name that was one thing is another.
            string path = Pick(_files);
            _ = _files.Remove(path);
            Do($"rm {path}; mkdir {path}");
            _directories.Add(path);
        }
        else if (what == 8 && _directories.Count > 4)
        {
            string path = _directories[_random.Next(1, _directories.Count)];
            Do($"rm -rf {path}");
            foreach (List<string> list in (List<string>[])[_directories, _files, _others])
            {
                _ = list.RemoveAll(entry => entry == path || entry.StartsWith(path + "/", StringComparison.Ordinal));
            }
        }
        else
        {
            Decorate(Pick([.. _files, .. _others, .. _directories[1..]]));
        }
    }

    private void Do(string command) => _ = _script.Append(command).Append('\n');

    private void Run()
    {
        LastScript = _script.ToString();
        _ = _script.Clear();
        _ = TreeListing.Run(_folder, LastScript);
    }

    private string Content() => $"'{_pool}/{_random.Next(PoolSizes.Length)}'";

    private string Letter() => ((char)('a' + _random.Next(26))).ToString();

    private string Hex(int length)
    {
        byte[] value = new byte[length];
        _random.NextBytes(value);
        return Convert.ToHexString(value);
    }

    /// <summary>A name of any bytes, as bash reads it; no two are the same.</summary>
    private string Name()
    {
        StringBuilder name = new("$'");
        _ = name.Append(CultureInfo.InvariantCulture, $"{_names++}");
        int length = _random.Next(20) == 0 ? 200 : _random.Next(6);
        for (int i = 0; i < length; i++)
        {
            int value = _random.Next(1, 256);
            _ = value == '/' ? name.Append('_') : name.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
        }
        return name.Append('\'').ToString();
    }

    private T Pick<T>(IReadOnlyList<T> list) => list[_random.Next(list.Count)];
}
