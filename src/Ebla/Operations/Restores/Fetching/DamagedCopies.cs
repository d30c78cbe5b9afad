using System.Collections.Concurrent;
using Ebla.Indexing;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Fetching;

/// <summary>Which copies of chunks have turned out to be damaged, and what to read instead. Safe for concurrent use.</summary>
internal sealed class DamagedCopies(BlobIndex index)
{
    private const int WholeFrame = -1;

    private readonly ConcurrentDictionary<(FrameAddress Frame, int Place), string> _damaged = [];

    public void AddFrame(FrameAddress frame, string message) => _damaged[(frame, WholeFrame)] = message;

    public void AddBlob(FrameAddress frame, int place, string message) => _damaged[(frame, place)] = message;

    /// <summary>A copy of which nothing bad is known; null if there is none.</summary>
    public BlobLocation? FindCopy(BlobId id)
    {
        if (_damaged.IsEmpty)
        {
            return index.Find(id);
        }
        foreach (BlobLocation copy in index.FindAll(id))
        {
            if (MessageOf(copy) is null)
            {
                return copy;
            }
        }
        return null;
    }

    /// <summary>Why there is no good copy.</summary>
    public string Explain(BlobId id)
        => index.FindAll(id).Select(MessageOf).LastOrDefault(message => message is not null)
            ?? $"Chunk {id.ToShortString()} is in no pack that the index knows.";

    private string? MessageOf(BlobLocation copy)
        => _damaged.TryGetValue((copy.Frame, WholeFrame), out string? message)
            || _damaged.TryGetValue((copy.Frame, copy.Place), out message) ? message : null;
}
