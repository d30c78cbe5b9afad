using Ebla.Primitives;

namespace Ebla.Operations.Backups.Assembly;

/// <summary>A tree that has been handed over to the session, whole or as far as it was finished.</summary>
internal sealed record AssembledTree(BlobId Root, TreeTotals Totals);
