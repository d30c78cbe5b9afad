using System.Collections.Concurrent;
using Ebla.Primitives;

namespace Ebla.Backends.Rest;

/// <summary>
/// Remembers which puts a broken line cut off. rclone over a folder removes what such a put left when it notices, by its name; if the object was
/// put again by then, it is lost though rclone took it. So these are looked at once more before they are promised.
/// </summary>
internal sealed class BrokenPuts
{
    // The size once it was put again; null until then.
    private readonly ConcurrentDictionary<ObjectName, long?> _sizes = [];

    /// <summary>A put got no answer.</summary>
    public void AddBroken(ObjectName name) => _sizes[name] = null;

    /// <summary>The server says that the object is stored, in answer to a put or to a question: then it need not be put again.</summary>
    public void AddStored(ObjectName name, long sizeInBytes)
    {
        if (_sizes.ContainsKey(name))
        {
            _sizes[name] = sizeInBytes;
        }
    }

    /// <summary>The object is deleted: it may be gone.</summary>
    public void Forget(ObjectName name) => _ = _sizes.TryRemove(name, out _);

    /// <summary>Throws if something is not there that was put again. One listing for each kind of such objects; none as a rule.</summary>
    /// <exception cref="BackendException">It is gone. It will be as long as this back-end is open.</exception>
    public async ValueTask ThrowIfGoneAsync(RestListing listing, string location, CancellationToken cancellationToken)
    {
        KeyValuePair<ObjectName, long?>[] stored = [.. _sizes.Where(static pair => pair.Value is not null)];
        foreach (IGrouping<ObjectKind, KeyValuePair<ObjectName, long?>> ofKind in stored.GroupBy(static pair => pair.Key.Kind))
        {
            // Not by asking for each: that, rclone may answer from memory.
            List<ObjectInfo> found = await listing.ListAsync(ofKind.Key, cancellationToken).ConfigureAwait(false) ?? [];
            HashSet<ObjectInfo> there = [.. found];
            foreach ((ObjectName name, long? sizeInBytes) in ofKind)
            {
                if (!there.Contains(new ObjectInfo(name, sizeInBytes!.Value)))
                {
                    throw new BackendException(
                        $"{location}: {name} is gone, though the server took it: a connection broke before, and what it left was removed too late. " +
                        "Run it again: what is missing will be stored again.", isTransient: false);
                }
                _ = _sizes.TryRemove(name, out _);
            }
        }
    }
}
