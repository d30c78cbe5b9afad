using Ebla.Indexing;
using Ebla.Packs;
using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Backups.Previous;

/// <summary>Whether everything that a node of the previous snapshot refers to still lies in usable packs.</summary>
internal sealed class StoredClosure(BlobIndex index)
{
    /// <summary>True if all the blobs, and all that these refer to, are stored. A cached answer counts only while the index agrees.</summary>
    public bool Contains(IReadOnlyList<ShortId> links)
    {
        foreach (ShortId link in links)
        {
            if (!Contains(link, 0))
            {
                return false;
            }
        }
        return true;
    }

    // Below a file's node are only content lists, at most a few levels deep. Forged links may claim more: then the file is read.
    private bool Contains(ShortId id, int depth)
    {
        if (depth > TreeBlobCodec.DepthMax)
        {
            return false;
        }
        foreach (long ordinal in index.FindOrdinals(id))
        {
            CatalogEntry entry = index.GetEntry(ordinal);
            if (entry.Row.Kind != FrameKind.Tree)
            {
                return true;
            }
            ReadOnlySpan<byte> links = index.GetLinks(entry);
            bool all = true;
            for (int offset = 0; all && offset < links.Length; offset += ShortId.SizeInBytes)
            {
                all = Contains(ShortId.Read(links[offset..]), depth + 1);
            }
            return all;
        }
        return false;
    }
}
