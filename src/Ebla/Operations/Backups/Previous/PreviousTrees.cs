using Ebla.Primitives;
using Ebla.Repositories;

namespace Ebla.Operations.Backups.Previous;

/// <summary>
/// Trees of previous snapshots, the one to be trusted first in front. They only save reading, so damage in them is told once and no more.
/// </summary>
internal sealed class PreviousTrees(
    TreeReader trees, IReadOnlyList<BlobId> roots, BackupLog log, CancellationToken cancellationToken)
{
    private bool _isDamaged;

    /// <summary>Opens the roots.</summary>
    public PreviousDirectories OpenRoots() => Open(roots);

    /// <summary>Opens a directory by its previous entries.</summary>
    public PreviousDirectories Open(IReadOnlyList<TreeEntry> entries) => entries.Count == 0
        ? PreviousDirectories.None
        : Open([.. entries.Where(entry => entry.Node.Subtree is not null).Select(entry => entry.Node.Subtree!.Value).Distinct()]);

    private PreviousDirectories Open(IReadOnlyList<BlobId> directories) => directories.Count == 0
        ? PreviousDirectories.None
        : new PreviousDirectories([.. directories.Select(tree => new PreviousDirectory(trees, tree, OnDamage, cancellationToken))]);

    private void OnDamage(string message)
    {
        if (!_isDamaged)
        {
            _isDamaged = true;
            log.Notice(default, $"The previous snapshot is damaged; files are read again. Run ebla check. ({message})");
        }
    }
}
