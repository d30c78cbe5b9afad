using System.Security.Cryptography;
using Ebla.Indexing;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Indexing;

public sealed class PlaceTableTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ebla-places-").FullName;

    [Fact]
    public void Every_blob_is_found_at_its_place_in_its_frame_over_several_runs_and_no_file_stays()
    {
        using BlobIndex index = new();
        List<IndexedPack> packs = [];
        for (int run = 0; run < 3; run++)
        {
            RunFixture fixture = RunFixture.Create(run, 5, RunFixture.RandomId);
            packs.AddRange(fixture.Packs);
            index.Add(RunWriter.Write(NewPath(), [], fixture.Packs), (_, _) => true);
        }
        Array.ForEach(Directory.GetFiles(_folder), File.Delete);
        using PlaceTable places = new(index, NewPath);

        Assert.Empty(Directory.GetFiles(_folder));
        List<BlobId> expected = [.. packs.SelectMany(pack => pack.Directory.Frames)
            .SelectMany(frame => Enumerable.Range(0, frame.BlobCount).Select(frame.GetBlobId))];
        List<BlobId> actual = [];
        for (long frame = 0; frame < places.FrameCount; frame++)
        {
            FrameAddress address = places.FrameAt(frame);
            Assert.Equal(frame, places.OrdinalOf(address));
            for (int place = 0; place < index.GetRow(address).BlobCount; place++)
            {
                CatalogEntry entry = index.GetEntry(places.EntryAt(address, place));
                Assert.Equal((address, place), (entry.Frame, entry.Place));
                actual.Add(entry.Id);
            }
        }
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void An_empty_index_has_an_empty_table()
    {
        using BlobIndex index = new();
        using PlaceTable places = new(index, NewPath);
        Assert.Equal(0, places.FrameCount);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string NewPath() => Path.Combine(_folder, RandomNumberGenerator.GetHexString(16));
}
