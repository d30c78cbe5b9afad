using Ebla.Backends;
using Ebla.Backends.Memory;
using Ebla.Hashing;
using Ebla.Keys;
using Ebla.Operations.Checks;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Repositories;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class CheckTests
{
    private const int FlippedBits = 50;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<ObjectKind> Kinds => [.. RepositoryLayout.Kinds];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_whole_repository_has_no_findings(bool readData)
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();

        CheckResult result = await CheckAsync(new TamperedBackend(filled.Backend), readData);

        Assert.Empty(result.Findings);
        Assert.Equal(2, result.Snapshots);
        Assert.Equal(0, result.BlobsLost);
        Assert.True(result.Blobs > 15);
        Assert.Empty(result.AffectedSnapshots);
        Assert.Equal(readData ? result.PacksInBytes : 0, result.ReadInBytes);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Every_fault_of_an_object_is_one_finding_that_names_it(ObjectKind kind)
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await filled.AddOtherKindsAsync();
        await using FilledRepository other = await FilledRepository.MakeAsync(2);
        await other.AddOtherKindsAsync();
        ObjectName foreign = (await other.ListAsync(kind))[0];
        byte[] foreignContent = await other.ReadAsync(foreign);
        byte[] otherKind = await filled.ReadAsync(
            (await filled.ListAsync(kind == ObjectKind.Snapshot ? ObjectKind.Index : ObjectKind.Snapshot))[0]);
        TamperedBackend store = new(filled.Backend);
        // Opened before the fault: some faults are such that it could not be opened any more.
        await using Repository repository = await TestRepository.OpenAsync(store);
        int before = (await CheckAsync(repository)).Findings.Count(finding => finding.Severity == CheckSeverity.Damage);
        Assert.Equal(0, before);
        bool readData = kind == ObjectKind.Pack;
        List<ObjectName> names = await filled.ListAsync(kind);
        foreach (ObjectName name in names)
        {
            byte[] whole = await filled.ReadAsync(name);
            List<(string Fault, byte[] Content)> faults = [("foreign", foreignContent), ("other kind", otherKind)];
            foreach (int length in (int[])[0, 1, 23, 24, 56, whole.Length / 2, whole.Length - 1])
            {
                faults.Add(($"cut to {length}", whole[..length]));
            }
            Random random = new(name.GetHashCode());
            for (int i = 0; i < FlippedBits / names.Count; i++)
            {
                byte[] flipped = (byte[])whole.Clone();
                int bit = random.Next(8 * whole.Length);
                flipped[bit / 8] ^= (byte)(1 << (bit % 8));
                faults.Add(($"bit {bit}", flipped));
            }
            foreach ((string fault, byte[] content) in faults)
            {
                store.Objects[name] = content;
                CheckResult result = await CheckAsync(repository, readData);
                Assert.True(result.HasDamage, $"{name}, {fault}");
                CheckFinding found = Assert.Single(result.Findings, finding => finding.Object == name);
                Assert.Equal(CheckSeverity.Damage, found.Severity);
                Assert.NotEmpty(found.Message);
            }
            _ = store.Objects.Remove(name);
        }
        store.Objects[foreign] = foreignContent;
        CheckFinding alien = Assert.Single(
            (await CheckAsync(repository, readData)).Findings, finding => finding.Object == foreign);
        Assert.Contains("another repository", alien.Message, StringComparison.Ordinal);
        _ = store.Objects.Remove(foreign);
        ObjectName misplaced = new(kind, new ObjectId(Blake3.Hash(otherKind)));
        store.Objects[misplaced] = otherKind;
        alien = Assert.Single((await CheckAsync(repository, readData)).Findings, finding => finding.Object == misplaced);
        Assert.Contains("kind", alien.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_header_is_a_finding()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using FilledRepository other = await FilledRepository.MakeAsync(2);
        byte[] foreign = (await other.Backend.ReadHeaderAsync(Token))!;
        TamperedBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        List<Func<byte[]?, byte[]?>> faults =
            [_ => null, _ => foreign, header => header![..^1], _ => [], header => [.. header!, 0]];
        for (int bit = 0; bit < 8 * foreign.Length; bit += 7)
        {
            int flipped = bit;
            faults.Add(header =>
            {
                header![flipped / 8] ^= (byte)(1 << (flipped % 8));
                return header;
            });
        }
        foreach (Func<byte[]?, byte[]?> fault in faults)
        {
            store.Header = fault;
            CheckResult result = await CheckAsync(repository, readData: false);
            Assert.Equal(CheckSubject.Header, Assert.Single(result.Findings).Subject);
            Assert.True(result.HasDamage);
        }
    }

    [Fact]
    public async Task A_missing_pack_names_the_snapshots_and_paths_that_suffer()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        HashSet<string> seen = [];
        foreach (ObjectName pack in await filled.ListAsync(ObjectKind.Pack))
        {
            store.Objects[pack] = null;
            CheckResult result = await CheckAsync(repository, readData: false);
            _ = store.Objects.Remove(pack);

            CheckFinding finding = Assert.Single(result.Findings);
            Assert.Equal(pack, finding.Object);
            Assert.Equal(CheckSeverity.Damage, finding.Severity);
            Assert.NotEmpty(finding.Snapshots);
            Assert.Equal(result.AffectedSnapshots.Select(snapshot => snapshot.Id), finding.Snapshots);
            Assert.NotEmpty(result.AffectedPaths);
            Assert.True(result.BlobsLost > 0);
            seen.UnionWith(result.AffectedPaths.Select(path => Path.GetFileName(path.Path.ToString())));
        }
        // Between them the packs hold everything.
        Assert.Contains("big", seen);
        Assert.Contains("f3", seen);
        Assert.Equal(4, (await filled.ListAsync(ObjectKind.Pack)).Count);
    }

    [Fact]
    public async Task What_only_the_second_snapshot_needs_hurts_only_that_one()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        List<ObjectId[]> affected = [];
        foreach (ObjectName pack in await filled.ListAsync(ObjectKind.Pack))
        {
            store.Objects[pack] = null;
            affected.Add([.. (await CheckAsync(repository, readData: false)).AffectedSnapshots.Select(snapshot => snapshot.Id)]);
            _ = store.Objects.Remove(pack);
        }
        Assert.Equal(2, affected.Count(ids => ids.SequenceEqual([filled.Second])));
        // The first run's trees: its root is not the second's. Its files: both share most of them.
        Assert.Contains(affected, ids => ids.SequenceEqual([filled.First, filled.Second]));
    }

    [Fact]
    public async Task A_missing_segment_loses_nothing_and_a_missing_pack_with_it_is_noticed()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        foreach (ObjectName segment in await filled.ListAsync(ObjectKind.Index))
        {
            store.Objects[segment] = null;
        }
        CheckResult result = await CheckAsync(repository);
        CheckFinding finding = Assert.Single(result.Findings);
        Assert.Equal(CheckSeverity.Information, finding.Severity);

        store.Objects[(await filled.ListAsync(ObjectKind.Pack))[0]] = null;
        result = await CheckAsync(repository);
        Assert.True(result.HasDamage);
        finding = Assert.Single(result.Findings, found => found.Subject == CheckSubject.Blob);
        Assert.NotEmpty(finding.Snapshots);
    }

    [Fact]
    public async Task A_missing_snapshot_that_a_later_one_knew_is_a_warning_unless_it_was_removed_in_order()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        ObjectName first = new(ObjectKind.Snapshot, filled.First);
        store.Objects[first] = null;
        CheckResult result = await CheckAsync(repository, readData: false);
        CheckFinding finding = Assert.Single(result.Findings);
        Assert.Equal((CheckSeverity.Warning, CheckSubject.History, first), (finding.Severity, finding.Subject, finding.Object));
        Assert.False(result.HasDamage);

        await filled.PutAsync(CondemnedCodec.Seal(repository.Keys, [], [filled.First]));
        Assert.Empty((await CheckAsync(repository, readData: false)).Findings);
    }

    // Found by the simulation: such a pack was called damaged if snapshots need blobs of it, which all have copies elsewhere.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_pack_that_a_prune_removed_is_no_finding_although_the_index_still_names_it(bool readData)
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        List<ObjectName> packs = await filled.ListAsync(ObjectKind.Pack);
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        await filled.PutAsync(CondemnedCodec.Seal(repository.Keys, [.. packs.Select(pack => pack.Id)], [filled.First, filled.Second]));
        _ = await filled.BackupAsync(repository);
        foreach (ObjectName name in (ObjectName[])[new(ObjectKind.Snapshot, filled.First), new(ObjectKind.Snapshot, filled.Second), .. packs])
        {
            await filled.Backend.DeleteAsync(name, Token);
        }
        await filled.Backend.FlushAsync(Token);

        CheckResult result = await CheckAsync(repository, readData);

        Assert.Empty(result.Findings);
        Assert.Equal((1, 0), (result.Snapshots, result.BlobsLost));
    }

    [Fact]
    public async Task Holes_in_the_numbers_of_a_writer_are_a_warning_unless_removals_fill_them()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using (Repository writer = await TestRepository.OpenAsync(filled.Backend))
        {
            _ = await filled.BackupAsync(writer);
            _ = await filled.BackupAsync(writer);
        }
        TamperedBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        SnapshotList all = await new SnapshotStore(repository).LoadAsync(Token);
        StoredSnapshot[] byNumber = [.. all.Snapshots.OrderBy(stored => stored.Snapshot.Sequence)];
        Assert.Equal([1UL, 2, 3, 4], byNumber.Select(stored => stored.Snapshot.Sequence));

        // 4 knows 3; of 1 and 2 nobody is left who knew them.
        IReadOnlyList<StoredSnapshot> newest = [byNumber[3]];
        CheckFinding[] findings = [.. SnapshotHistory.Examine(newest, [], new HashSet<ObjectId>())];
        Assert.Equal(2, findings.Length);
        Assert.Equal(byNumber[2].Id, findings[0].Object?.Id);
        Assert.Contains("1 to 2", findings[1].Message, StringComparison.Ordinal);
        Assert.Single(SnapshotHistory.Examine(newest, [], new HashSet<ObjectId> { byNumber[2].Id, byNumber[0].Id }));
        Assert.Empty(SnapshotHistory.Examine(newest, [], byNumber.Select(stored => stored.Id).ToHashSet()));
    }

    [Fact]
    public async Task Lost_keys_of_the_member_are_damage()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        TamperedBackend store = new(filled.Backend);
        await using Repository repository = await TestRepository.OpenAsync(store);
        foreach (ObjectName key in await filled.ListAsync(ObjectKind.Key))
        {
            store.Objects[key] = null;
            CheckResult result = await CheckAsync(repository, readData: false);
            Assert.True(result.HasDamage);
            Assert.All(result.Findings, finding => Assert.Equal(CheckSubject.Key, finding.Subject));
            _ = store.Objects.Remove(key);
        }
    }

    [Fact]
    public async Task A_damaged_blob_with_a_whole_copy_is_damage_by_which_nothing_is_lost()
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        // The index hidden and the packs lost sight of: everything is stored a second time, in packs of its own.
        TamperedBackend hidden = new(filled.Backend);
        await using MemoryBackend twice = filled.Backend.DurableCopy();
        List<ObjectName> packs = await filled.ListAsync(ObjectKind.Pack);
        List<(ObjectName Name, byte[] Content)> kept = [];
        foreach (ObjectName name in packs.Concat(await filled.ListAsync(ObjectKind.Index)))
        {
            kept.Add((name, await filled.ReadAsync(name)));
            await twice.DeleteAsync(name, Token);
        }
        await twice.FlushAsync(Token);
        await using (Repository writer = await TestRepository.OpenAsync(twice))
        {
            _ = await filled.BackupAsync(writer);
        }
        foreach ((ObjectName name, byte[] content) in kept)
        {
            await twice.PutAsync(name, new System.Buffers.ReadOnlySequence<byte>(content), Token);
        }
        await twice.FlushAsync(Token);
        TamperedBackend store = new(twice);
        await using Repository repository = await TestRepository.OpenAsync(store);
        Assert.Empty((await CheckAsync(repository)).Findings);
        int harmless = 0;
        foreach ((ObjectName name, byte[] content) in kept.Where(stored => stored.Name.Kind == ObjectKind.Pack))
        {
            byte[] damaged = (byte[])content.Clone();
            damaged[PackCodec.FramesOffset + 100] ^= 1;
            store.Objects[name] = damaged;
            CheckResult result = await CheckAsync(repository);
            _ = store.Objects.Remove(name);
            CheckFinding finding = Assert.Single(result.Findings);
            Assert.Equal(CheckSeverity.Damage, finding.Severity);
            if (result.BlobsLost == 0)
            {
                harmless++;
                Assert.Contains("nothing is lost", finding.Message, StringComparison.Ordinal);
                Assert.Empty(result.AffectedSnapshots);
            }
        }
        Assert.True(harmless > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_record_with_false_links_or_a_false_signature_is_found(bool isForged)
    {
        await using FilledRepository filled = await FilledRepository.MakeAsync();
        await using Repository repository = await TestRepository.OpenAsync(filled.Backend);
        UnlockedKeys keys = repository.Keys;
        byte[] tree = [0x82, 1, 0x80];
        using SealingSource sealings = new(keys.Ring);
        using FrameDraft draft = new(FrameKind.Tree, 1 << 20);
        Assert.True(draft.TryAdd(FrameOpener.IdOf(keys, FrameKind.Tree, tree), tree, isForged ? [] : [default]));
        using FrameSealer sealer = new(keys, 3);
        using SealedFrame frame = sealer.Seal(draft, sealings.Next());
        byte[] record = frame.Record.Bytes.ToArray();
        record[^1] ^= isForged ? (byte)1 : (byte)0;
        RentedBuffer ciphertext = new(frame.Ciphertext.Length);
        frame.Ciphertext.CopyTo(ciphertext.Memory);
        using SealedFrame stored = new(FrameRecord.Read(record), frame.SealingEntry, ciphertext, tree.Length);
        using PackBuilder builder = new(keys, new Stack<byte[]>());
        builder.Add(stored);
        PackDraft pack = builder.Complete();
        await filled.PutAsync((new ObjectName(ObjectKind.Pack, pack.Id), System.Buffers.BuffersExtensions.ToArray(pack.Content)));

        CheckResult result = await CheckAsync(new TamperedBackend(filled.Backend), readData: true);

        CheckFinding finding = Assert.Single(result.Findings, found => found.Severity == CheckSeverity.Damage);
        Assert.Equal(pack.Id, finding.Object?.Id);
        Assert.Contains(isForged ? "not signed" : "refers to other blobs", finding.Message, StringComparison.Ordinal);
    }

    private static async Task<CheckResult> CheckAsync(TamperedBackend store, bool readData)
    {
        await using Repository repository = await TestRepository.OpenAsync(store);
        return await CheckAsync(repository, readData);
    }

    private static async Task<CheckResult> CheckAsync(Repository repository, bool readData = true)
    {
        CheckObserver observer = new();
        CheckResult result = await CheckOperation.RunAsync(repository, new CheckOptions { ReadData = readData }, observer, Token);
        Assert.Equal(result.Findings.Count, observer.Count);
        return result;
    }

    private sealed class CheckObserver : ICheckObserver
    {
        private int _count;

        public int Count => _count;

        public void Started(CheckCounters counters)
        {
        }

        public void Found(CheckFinding finding) => Interlocked.Increment(ref _count);
    }
}
