using System.Threading.Channels;
using Ebla.Keys;
using Ebla.Operations.Backups.Nodes;
using Ebla.Operations.Backups.Storing;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Assembly;

/// <summary>
/// Puts finished entries into the lists of their directories, in order, and finished directories into those above: behind the walk, which
/// never waits for a directory to be finished. One task does it all, so a tree of what is finished so far can be made at any time
/// between two entries.
/// </summary>
/// <remarks>
/// Memory: at most <see cref="WaitingMax"/> entries wait for one before them (a huge file that is being read); a directory that is finished
/// is one entry. Besides these, one list for each directory on the way down.
/// </remarks>
internal sealed class TreeAssembly(TreeStore trees, RingKeys ring, BackupCounters counters)
{
    /// <summary>About 25 MB of nodes.</summary>
    private const int WaitingMax = 1 << 16;

    private readonly Channel<Step> _steps = Channel.CreateUnbounded<Step>(new UnboundedChannelOptions { SingleReader = true });
    private readonly TaskCompletionSource<AssembledTree> _whole = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private PendingDirectory? _root;
    private TreeTotals _totals;
    private int _waitingCount;
    private TaskCompletionSource? _room;

    private enum StepKind
    {
        Enter,
        Node,
        File,
        Finished,
        Leave,
        Partial,
    }

    /// <summary>The whole tree, once there is one.</summary>
    public Task<AssembledTree> Whole => _whole.Task;

    /// <summary>Makes room for one entry: before each call of <see cref="Add"/>, <see cref="AddFile"/> and <see cref="Leave"/>.</summary>
    /// <returns>False if the walk must wait for <see cref="WaitForRoomAsync"/> first, and see to it that files are read.</returns>
    public bool TryReserve() => Interlocked.Increment(ref _waitingCount) <= WaitingMax;

    /// <summary>Completes when there is room for the entry that <see cref="TryReserve"/> counted.</summary>
    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        TaskCompletionSource room = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = Interlocked.Exchange(ref _room, room);
        if (Volatile.Read(ref _waitingCount) <= WaitingMax)
        {
            _ = room.TrySetResult();
        }
        return room.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Begins a directory, in its place among the entries of the one above.</summary>
    public PendingDirectory Enter(PendingDirectory? parent, Node? node)
    {
        PendingDirectory directory = new(parent, node);
        Post(new Step(StepKind.Enter, directory, directory, null, default));
        return directory;
    }

    /// <summary>Adds a finished entry. Entries come in the order of their names.</summary>
    public void Add(PendingDirectory parent, EncodedNode node) => Post(new Step(StepKind.Node, parent, null, node, default));

    /// <summary>Adds a file that will be read.</summary>
    public void AddFile(FileJob file) => Post(new Step(StepKind.File, file.Parent, file, null, default));

    /// <summary>A file was read, or could not be. From any thread.</summary>
    public void Finish(FileJob file, EncodedNode? node) => Post(new Step(StepKind.Finished, file.Parent, file, node, default));

    /// <summary>No more entries of the directory come.</summary>
    public void Leave(PendingDirectory directory, NodeRemarks remarks)
        => Post(new Step(StepKind.Leave, directory, directory, null, remarks));

    /// <summary>A tree of all that is finished now; directories that are not are marked so. Waits for no file.</summary>
    public Task<AssembledTree> MakePartialAsync(CancellationToken cancellationToken)
    {
        PartialStep step = new();
        Post(new Step(StepKind.Partial, null, step, null, default));
        return step.Tree.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Nothing more comes: the walk and all readers have ended.</summary>
    public void Complete() => _ = _steps.Writer.TryComplete();

    /// <summary>Works until <see cref="Complete"/>.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (Step step in _steps.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            switch (step.Kind)
            {
                case StepKind.Enter:
                    Enter((PendingDirectory)step.Entry!);
                    break;
                case StepKind.Node:
                    await AddAsync(step.Directory!, step.Node!, cancellationToken).ConfigureAwait(false);
                    break;
                case StepKind.File:
                    step.Directory!.Enqueue(step.Entry!);
                    break;
                case StepKind.Finished:
                    step.Entry!.Finish(step.Node);
                    await AdvanceAsync(step.Directory!, cancellationToken).ConfigureAwait(false);
                    break;
                case StepKind.Leave:
                    step.Directory!.Leave(step.Remarks);
                    await AdvanceAsync(step.Directory, cancellationToken).ConfigureAwait(false);
                    break;
                default:
                    ((PartialStep)step.Entry!).Tree.SetResult(
                        await PartialTree.StoreAsync(_root, _totals, NewList, ring, cancellationToken).ConfigureAwait(false));
                    break;
            }
        }
    }

    private void Post(in Step step) => _ = _steps.Writer.TryWrite(step);

    private void Enter(PendingDirectory directory)
    {
        if (directory.Parent is { } parent)
        {
            parent.Enqueue(directory);
        }
        else
        {
            _root = directory;
        }
    }

    private async ValueTask AddAsync(PendingDirectory directory, EncodedNode node, CancellationToken cancellationToken)
    {
        if (directory.IsWaiting)
        {
            PendingEntry entry = new(directory);
            entry.Finish(node);
            directory.Enqueue(entry);
        }
        else
        {
            await PutAsync(directory, node, cancellationToken).ConfigureAwait(false);
        }
    }

    // As far up as directories become complete by it.
    private async ValueTask AdvanceAsync(PendingDirectory directory, CancellationToken cancellationToken)
    {
        for (PendingDirectory? at = directory; at is not null; at = at.Parent)
        {
            while (at.TryDequeue() is { } entry)
            {
                await PutAsync(at, entry.Result, cancellationToken).ConfigureAwait(false);
            }
            if (!at.IsComplete)
            {
                return;
            }
            BlobId tree = await (at.List ?? NewList()).FinishAsync(cancellationToken).ConfigureAwait(false);
            at.List = null;
            if (at.Node is { } node)
            {
                at.Finish(EncodedNode.Of(node with { Subtree = tree, Remarks = node.Remarks | at.Remarks }, ring));
                counters.CountDirectory();
            }
            else
            {
                _ = _whole.TrySetResult(new AssembledTree(tree, _totals));
            }
        }
    }

    private async ValueTask PutAsync(PendingDirectory directory, EncodedNode? node, CancellationToken cancellationToken)
    {
        if (node is not null)
        {
            _totals = _totals.Plus(node);
            directory.List ??= NewList();
            await directory.List.AddAsync(node.Encoding, node.Links, node.Name, 1, node.CutValue, cancellationToken)
                .ConfigureAwait(false);
        }
        if (Interlocked.Decrement(ref _waitingCount) <= WaitingMax && _room is not null)
        {
            _ = Interlocked.Exchange(ref _room, null)?.TrySetResult();
        }
    }

    private TreeListBuilder NewList() => new(TreeBlobType.Nodes, trees.StoreAsync);

    private readonly record struct Step(
        StepKind Kind, PendingDirectory? Directory, PendingEntry? Entry, EncodedNode? Node, NodeRemarks Remarks);

    private sealed class PartialStep() : PendingEntry(null)
    {
        public TaskCompletionSource<AssembledTree> Tree { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
