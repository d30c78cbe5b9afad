using Ebla.Trees;

namespace Ebla.Operations.Backups.Assembly;

/// <summary>A directory whose list is being made. Belongs to <see cref="TreeAssembly"/>.</summary>
/// <param name="parent">The directory it is in; null for the root.</param>
/// <param name="node">Its node, still without the tree; null for the root.</param>
internal sealed class PendingDirectory(PendingDirectory? parent, Node? node) : PendingEntry(parent)
{
    private Queue<PendingEntry>? _waiting;

    public Node? Node => node;

    /// <summary>Entries so far, in order, up to the first that is not finished; null if there is none.</summary>
    public TreeListBuilder? List { get; set; }

    /// <summary>Whether the walk has been through, so that no more entries come.</summary>
    public bool IsLeft { get; private set; }

    /// <summary>What the walk found out.</summary>
    public NodeRemarks Remarks { get; private set; }

    /// <summary>The first entry that is not in the list yet, and those behind it.</summary>
    public IEnumerable<PendingEntry> Waiting => _waiting ?? Enumerable.Empty<PendingEntry>();

    public bool IsWaiting => _waiting is { Count: > 0 };

    /// <summary>Whether there is nothing more to come or to wait for.</summary>
    public bool IsComplete => IsLeft && !IsWaiting;

    public void Leave(NodeRemarks remarks)
    {
        Remarks = remarks;
        IsLeft = true;
    }

    public void Enqueue(PendingEntry entry) => (_waiting ??= new Queue<PendingEntry>()).Enqueue(entry);

    /// <summary>The next entry in order, if it is finished.</summary>
    public PendingEntry? TryDequeue()
        => _waiting is { Count: > 0 } waiting && waiting.Peek().IsFinished ? waiting.Dequeue() : null;
}
