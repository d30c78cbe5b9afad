using Ebla.Hashing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Tests.Backends;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Ebla.Tests.Repositories;

public sealed class MetadataCacheTests : IDisposable
{
    private static readonly RepositoryId Id = RepositoryId.NewRandom();

    private readonly string _root = Directory.CreateTempSubdirectory("ebla-test-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero));

    private string Folder => Path.Combine(_root, Id.ToString(), "metadata");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void What_was_added_is_read_also_by_others()
    {
        (Hash256 hash, byte[] content) = Make(1, 5000);
        Open().Add(hash, content);
        byte[] read = new byte[5000];
        Assert.True(Open().TryRead(hash, read));
        Assert.Equal(content, read);
        Assert.Equal(content, Open().TryRead(hash, 5000L));
        Assert.Null(Open().TryRead(hash, 4999L));
        Assert.False(Open().TryRead(Make(2, 1).Hash, new byte[1]));
        Assert.Null(Open().TryRead(Make(2, 1).Hash, 10L));
    }

    [Fact]
    public void What_is_wrong_is_dropped()
    {
        foreach (Func<byte[], byte[]> spoil in (Func<byte[], byte[]>[])
            [Flip, content => content[..^1], content => [.. content, 0], _ => [], content => content[..100]])
        {
            (Hash256 hash, byte[] content) = Make(1, 5000);
            MetadataCache cache = Open();
            cache.Add(hash, content);
            string path = Assert.Single(Directory.GetFiles(Folder));
            File.WriteAllBytes(path, spoil(content));
            Assert.False(cache.TryRead(hash, new byte[5000]));
            Assert.Empty(Directory.GetFiles(Folder));
            cache.Add(hash, content);
            File.WriteAllBytes(path, spoil(content));
            Assert.Null(cache.TryRead(hash, 10_000L));
            cache.Add(hash, content);
            Assert.True(cache.TryRead(hash, new byte[5000]));
            File.Delete(path);
        }
    }

    [Fact]
    public void It_stays_below_its_bound_and_what_is_used_stays()
    {
        MetadataCache cache = Open(64_000);
        (Hash256 hash, byte[] content) = Make(0, 1000);
        cache.Add(hash, content);
        for (int seed = 1; seed <= 500; seed++)
        {
            _time.Advance(TimeSpan.FromHours(1.5));
            cache.Add(Make(seed, 1000).Hash, Make(seed, 1000).Content);
            Assert.True(cache.TryRead(hash, new byte[1000]), $"{seed}");
            Assert.InRange(Directory.GetFiles(Folder).Sum(path => new FileInfo(path).Length), 1000, 64_000);
        }
        Assert.True(cache.TryRead(Make(500, 1000).Hash, new byte[1000]));
        Assert.False(cache.TryRead(Make(400, 1000).Hash, new byte[1000]));
    }

    [Fact]
    public void What_killed_processes_left_goes_and_what_is_being_written_stays()
    {
        MetadataCache cache = Open(64_000);
        Assert.Empty(Directory.GetFiles(Folder));
        string old = Path.Combine(Folder, "old.new");
        string young = Path.Combine(Folder, "young.new");
        File.WriteAllText(old, "x");
        File.WriteAllText(young, "x");
        File.SetLastWriteTimeUtc(old, _time.GetUtcNow().UtcDateTime.AddDays(-2));
        File.SetLastWriteTimeUtc(young, _time.GetUtcNow().UtcDateTime.AddHours(-2));
        (Hash256 hash, byte[] content) = Make(1, 10);
        cache.Add(hash, content);
        Assert.False(File.Exists(old));
        Assert.True(File.Exists(young));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_no_cache()
    {
        string file = Path.Combine(_root, "file");
        File.WriteAllText(file, "");
        Assert.Null(MetadataCache.TryOpen(file, Id, 1000, _time));
        Assert.Null(MetadataCache.TryOpen(null, Id, 1000, _time));
        Assert.Null(MetadataCache.TryOpen(_root, Id, 0, _time));
    }

    [Fact]
    public void A_folder_that_is_gone_is_no_failure()
    {
        MetadataCache cache = Open();
        (Hash256 hash, byte[] content) = Make(1, 100);
        cache.Add(hash, content);
        Directory.Delete(Folder, recursive: true);
        Assert.False(cache.TryRead(hash, new byte[100]));
        cache.Add(hash, content);
        Assert.False(cache.TryRead(hash, new byte[100]));
        Assert.False(Directory.Exists(Folder));
    }

    [Fact]
    public async Task Two_at_once_get_right_bytes_or_none()
    {
        MetadataCache[] caches = [Open(40_000), Open(40_000)];
        int hits = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(number => Task.Run(() =>
        {
            Random random = new(number);
            byte[] read = new byte[1000];
            for (int i = 0; i < 2000; i++)
            {
                MetadataCache cache = caches[number % 2];
                (Hash256 hash, byte[] content) = Make(random.Next(60), 1000);
                if (random.Next(3) == 0)
                {
                    cache.Add(hash, content);
                }
                else if (cache.TryRead(hash, read))
                {
                    Assert.True(content.AsSpan().SequenceEqual(read), $"{number} {i}");
                    _ = Interlocked.Increment(ref hits);
                }
            }
        })));
        Assert.True(hits > 500, $"{hits}");
        Assert.DoesNotContain(Directory.GetFiles(Folder), path => path.EndsWith(".new", StringComparison.Ordinal));
    }

    private static byte[] Flip(byte[] content)
    {
        byte[] flipped = [.. content];
        flipped[content.Length / 2] ^= 4;
        return flipped;
    }

    private static (Hash256 Hash, byte[] Content) Make(int seed, int sizeInBytes)
    {
        byte[] content = TestObject.Create(seed, sizeInBytes).Content;
        return (Blake3.Hash(content), content);
    }

    private MetadataCache Open(long sizeInBytesMax = 1 << 20) => MetadataCache.TryOpen(_root, Id, sizeInBytesMax, _time)!;
}
