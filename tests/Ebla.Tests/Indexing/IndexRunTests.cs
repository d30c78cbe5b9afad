using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Tests.Backends;
using Ebla.Tests.Packs;
using Xunit;

namespace Ebla.Tests.Indexing;

public sealed class IndexRunTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private int _files;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_run_of_thousands_of_blobs_equals_the_model(int seed)
    {
        RunFixture fixture = RunFixture.Create(seed, 40, RunFixture.RandomId);
        ObjectId segment = ObjectId.Read(PackFixture.Noise(seed, 32));
        using IndexRun run = RunWriter.Write(NextPath(), [segment], fixture.Packs);
        Assert.Equal(segment, run.GetSegment(0));
        Assert.Equal(1, run.SegmentCount);
        Assert.InRange(run.EntryCount, 2000, 10_000);
        AssertEqualsModel(run, fixture, seed);
    }

    [Fact]
    public void Ids_made_to_defeat_interpolation_are_found()
    {
        // Half of them share their first eight bytes; others crowd at both ends of the range; many have several copies.
        int count = 0;
        RunFixture fixture = RunFixture.Create(7, 60, random =>
        {
            byte[] bytes = new byte[32];
            random.NextBytes(bytes.AsSpan(24));
            switch (count++ % 6)
            {
                case 0: bytes.AsSpan(0, 8).Fill(0xFF); break;
                case 1: break;
                case 2: bytes[7] = (byte)random.Next(4); break;
                case 3: bytes.AsSpan(0, 16).Fill(0x77); bytes[31] = 0; bytes[30] = 0; bytes.AsSpan(24, 5).Clear(); break;
                default: bytes.AsSpan(0, 8).Fill(0x77); break;
            }
            return BlobId.Read(bytes);
        });
        Assert.Contains(fixture.Model.Values, copies => copies.Count > 1);
        using IndexRun run = RunWriter.Write(NextPath(), [default], fixture.Packs);
        AssertEqualsModel(run, fixture, 7);
    }

    [Fact]
    public void A_blob_twice_in_one_frame_is_found_twice()
    {
        RunFixture fixture = new();
        BlobId id = RunFixture.RandomId(new Random(1));
        fixture.AddPack((FrameKind.File, [new FrameBlob(id, 1, []), new FrameBlob(id, 1, [])]));
        using IndexRun run = RunWriter.Write(NextPath(), [default], fixture.Packs);
        AssertEqualsModel(run, fixture, 1);
        Assert.Equal([0, 1], [.. Enumerable.Range(0, 2).Select(i => (int)run.GetEntry(i).Place)]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(13)]
    public void Merged_runs_equal_one_run_of_all_byte_by_byte(int runCount)
    {
        Random random = new(runCount);
        List<BlobId> ids = [];
        RunFixture fixture = RunFixture.Create(runCount, 40, r =>
        {
            // Copies across runs, too.
            BlobId id = ids.Count > 0 && r.Next(3) == 0 ? ids[r.Next(ids.Count)] : RunFixture.RandomId(r);
            ids.Add(id);
            return id;
        });
        ObjectId[] segments = [.. Enumerable.Range(0, runCount).Select(i => ObjectId.Read(PackFixture.Noise(i, 32)))];
        List<IndexRun> runs = [];
        int start = 0;
        for (int i = 0; i < runCount; i++)
        {
            int end = i == runCount - 1 ? 40 : Math.Min(40, start + random.Next(1, 1 + 40 / runCount));
            runs.Add(RunWriter.Write(NextPath(), [segments[i]], fixture.Packs[start..end]));
            start = end;
        }
        using IndexRun merged = RunWriter.Merge(NextPath(), runs);
        using IndexRun whole = RunWriter.Write(NextPath(), segments, fixture.Packs);

        AssertEqualsModel(merged, fixture, runCount);
        Assert.True(File.ReadAllBytes(whole.Path).AsSpan().SequenceEqual(File.ReadAllBytes(merged.Path)));
        runs.ForEach(run => run.Dispose());
        Assert.Empty(Directory.EnumerateFiles(_folder.FullPath, "*" + RunWriter.TemporarySuffix));
    }

    [Fact]
    public void A_torn_flipped_or_foreign_file_is_not_opened()
    {
        RunFixture fixture = RunFixture.Create(1, 2, RunFixture.RandomId);
        string path = NextPath();
        RunWriter.Write(path, [default], fixture.Packs).Dispose();
        byte[] good = File.ReadAllBytes(path);
        string bad = NextPath();
        for (int i = 0; i < good.Length; i += i < RunLayout.HeaderSizeInBytes ? 1 : 97)
        {
            byte[] flipped = [.. good];
            flipped[i] ^= (byte)(1 << (i % 8));
            File.WriteAllBytes(bad, flipped);
            Assert.Null(IndexRun.TryOpen(bad));
            File.WriteAllBytes(bad, good[..i]);
            Assert.Null(IndexRun.TryOpen(bad));
        }
        File.WriteAllBytes(bad, [.. good, 0]);
        Assert.Null(IndexRun.TryOpen(bad));
        File.WriteAllBytes(bad, PackFixture.Noise(1, 5000));
        Assert.Null(IndexRun.TryOpen(bad));
        Assert.Null(IndexRun.TryOpen(Path.Combine(_folder.FullPath, "absent")));
        Assert.Null(IndexRun.TryOpen(_folder.FullPath));
        IndexRun.TryOpen(path)!.Dispose();
    }

    [Fact]
    public void A_cache_that_cannot_be_written_is_a_typed_error()
    {
        RunFixture fixture = RunFixture.Create(1, 1, RunFixture.RandomId);
        string path = Path.Combine(_folder.FullPath, "absent", "x.run");
        _ = Assert.Throws<BackendException>(() => RunWriter.Write(path, [default], fixture.Packs));
    }

    [Fact]
    public void A_run_stays_open_when_another_process_removes_its_file()
    {
        RunFixture fixture = RunFixture.Create(4, 3, RunFixture.RandomId);
        using IndexRun run = RunWriter.Write(NextPath(), [default], fixture.Packs);
        File.Delete(run.Path);
        AssertEqualsModel(run, fixture, 4);
    }

    public void Dispose() => _folder.Dispose();

    private string NextPath() => Path.Combine(_folder.FullPath, $"{_files++}.run");

    private static void AssertEqualsModel(IndexRun run, RunFixture fixture, int seed)
    {
        Assert.Equal(fixture.Packs.Select(pack => (pack.Id, pack.SizeInBytes)).Order(), Enumerable.Range(0, run.PackCount)
            .Select(i => (run.GetPackId(i), run.GetPackSizeInBytes(i))).Order());
        Assert.Equal(fixture.Model.Values.Sum(copies => copies.Count), run.EntryCount);
        foreach ((BlobId id, List<RunFixture.Copy> copies) in fixture.Model)
        {
            List<string> found = [];
            for (long i = run.FindFirst(id); i < run.EntryCount && run.GetEntry(i).Id == id; i++)
            {
                RunEntry entry = run.GetEntry(i);
                FrameRow row = run.GetFrame(entry.Frame);
                ShortId[] links = row.Kind == FrameKind.Tree ? Split(run.GetLinks(row, entry.Place)) : [];
                RunFixture.Copy copy = new(
                    run.GetPackId(row.Pack), row.OffsetInPack, entry.Place, entry.LengthCode, row.Kind, 0, links);
                found.Add(copy.Key);
                RunFixture.Copy model = copies.First(other => other.Key == copy.Key);
                Assert.True(run.GetSealing(row.Sealing).SequenceEqual(RunFixture.SealingOf(model.Sealing)), $"seed {seed}");
            }
            Assert.Equal(copies.Select(copy => copy.Key).Order(), found.Order());
        }
        Random random = new(seed + 1_000_000);
        for (int i = 0; i < 500; i++)
        {
            BlobId absent = RunFixture.RandomId(random);
            long first = run.FindFirst(absent);
            Assert.True(first == run.EntryCount || run.GetEntry(first).Id.CompareTo(absent) > 0);
            Assert.True(first == 0 || run.GetEntry(first - 1).Id.CompareTo(absent) < 0);
        }
    }

    private static ShortId[] Split(ReadOnlySpan<byte> links)
    {
        ShortId[] ids = new ShortId[links.Length / ShortId.SizeInBytes];
        for (int i = 0; i < ids.Length; i++)
        {
            ids[i] = ShortId.Read(links[(i * ShortId.SizeInBytes)..]);
        }
        return ids;
    }
}
