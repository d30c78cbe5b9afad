using Ebla.Backends.Memory;
using Ebla.Keys;
using Ebla.Operations.Backups;
using Ebla.Operations.Backups.Assembly;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;
using Xunit;

namespace Ebla.Tests.Operations;

public sealed class TreeAssemblyTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task In_whatever_order_files_are_finished_the_tree_is_the_same_and_partial_trees_hold_what_is_finished()
    {
        for (int seed = 0; seed < 12; seed++)
        {
            await using MemoryBackend backend = new();
            await using Repository repository = await TestRepository.InitAsync(backend);
            await using UploadSession session = await UploadSession.StartAsync(repository, new UploadOptions(), Token);
            AssembledTree straight = await new Builder(session, repository.Keys.Ring, seed, isShuffled: false).BuildAsync();
            AssembledTree shuffled = await new Builder(session, repository.Keys.Ring, seed, isShuffled: true).BuildAsync();
            Assert.True(straight == shuffled, $"seed {seed}");
        }
    }

    /// <summary>Makes a random tree; shuffled, its files are finished later, in any order, with partial trees in between.</summary>
    private sealed class Builder(UploadSession session, RingKeys ring, int seed, bool isShuffled)
    {
        private readonly Random _shape = new(seed);
        private readonly Random _order = new(seed + 1000);
        private readonly List<FileJob> _unread = [];
        private readonly TreeAssembly _assembly = new(new TreeStore(session, ring, new BackupCounters(), 1 << 16), ring, new BackupCounters());
        private long _files;
        private long _bytes;

        public async Task<AssembledTree> BuildAsync()
        {
            Task running = Task.Run(() => _assembly.RunAsync(Token), Token);
            PendingDirectory root = _assembly.Enter(null, null);
            await FillAsync(root, 0);
            Leave(root);
            await AssertPartialAsync();
            while (_unread.Count > 0)
            {
                FinishOne();
                if (_order.Next(200) == 0)
                {
                    await AssertPartialAsync();
                }
            }
            AssembledTree whole = await _assembly.Whole.WaitAsync(Token);
            Assert.Equal((_files, _bytes), (whole.Totals.Files, whole.Totals.SizeInBytes));
            _assembly.Complete();
            await running;
            return whole;
        }

        // Some directories are so large that their lists are cut.
        private async Task FillAsync(PendingDirectory directory, int depth)
        {
            int count = _shape.Next(60) == 0 ? 2000 : _shape.Next(12);
            for (int i = 0; i < count; i++)
            {
                ByteName name = ByteName.FromText($"{i:d6}");
                if (depth < 4 && count < 100 && _shape.Next(3) == 0)
                {
                    PendingDirectory below = _assembly.Enter(directory, new Node { Name = name, Type = FileType.Directory, Mode = 0x1ED });
                    await FillAsync(below, depth + 1);
                    Leave(below);
                    continue;
                }
                Assert.True(_assembly.TryReserve());
                int size = 1 + _shape.Next(1000);
                Node file = new()
                {
                    Name = name,
                    Type = FileType.Regular,
                    Mode = 0x1A4,
                    SizeInBytes = size,
                    Content = [new ContentPiece(null, size)],
                };
                EncodedNode node = EncodedNode.Of(file, ring);
                bool isVanished = _shape.Next(9) == 0;
                if (isShuffled && _order.Next(3) > 0)
                {
                    FileJob job = new(null!, name, FileChange.New, null, directory, (done, _) =>
                    {
                        _assembly.Finish(done, isVanished ? null : node);
                        Count(isVanished ? null : node);
                    });
                    _assembly.AddFile(job);
                    _unread.Add(job);
                }
                else if (isVanished)
                {
                    FileJob job = new(null!, name, FileChange.New, null, directory, (done, none) => _assembly.Finish(done, none));
                    _assembly.AddFile(job);
                    job.Complete(null);
                }
                else
                {
                    _assembly.Add(directory, node);
                    Count(node);
                }
                if (isShuffled && _order.Next(500) == 0)
                {
                    await AssertPartialAsync();
                }
                if (_unread.Count > 0 && _order.Next(3) == 0)
                {
                    FinishOne();
                }
            }
        }

        private void Leave(PendingDirectory directory)
        {
            Assert.True(_assembly.TryReserve());
            _assembly.Leave(directory, NodeRemarks.None);
        }

        private void FinishOne()
        {
            int chosen = _order.Next(_unread.Count);
            _unread[chosen].Complete(null);
            _unread.RemoveAt(chosen);
        }

        private void Count(EncodedNode? node)
        {
            _files += node is null ? 0 : 1;
            _bytes += node?.SizeInBytes ?? 0;
        }

        private async Task AssertPartialAsync()
        {
            AssembledTree partial = await _assembly.MakePartialAsync(Token);
            Assert.True((_files, _bytes) == (partial.Totals.Files, partial.Totals.SizeInBytes), $"seed {seed}");
        }
    }
}
