using Ebla.Backends;
using Ebla.FileSystems;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Trees;

namespace Ebla.Operations.Restores.Writing;

/// <summary>What a node's metadata mean on this machine.</summary>
internal sealed class NodeMetadata(
    OwnerNames owners, TreeReader trees, IBackend backend, RestoreOptions options, RestoreReport report, CancellationToken cancellationToken)
{
    /// <summary>The metadata for an entry.</summary>
    public TargetMetadata Of(RestoreDirectory directory, Node node) => new()
    {
        UserId = Find(directory, node, owners.UserId, node.UserName) ?? node.UserId,
        GroupId = Find(directory, node, owners.GroupId, node.GroupName) ?? node.GroupId,
        Mode = node.Mode,
        ModifiedTime = node.ModifiedTime,
        AccessedTime = options.AccessTimes ? node.AccessedTime : null,
        ExtendedAttributes = node.ExtendedAttributeContent.Count == 0 ? node.ExtendedAttributes : null,
        FetchExtendedAttributes = node.ExtendedAttributeContent.Count == 0 ? null : () => Fetch(directory, node),
        Flags = node.Flags,
    };

    // Large sets are rare. They are fetched when they are set, one at a time for each thread, and not kept in plans; whoever sets
    // metadata waits for them, which holds up a thread of the pool and nothing else.
    private IReadOnlyList<ExtendedAttribute>? Fetch(RestoreDirectory directory, Node node)
        => Task.Run(() => FetchAsync(directory, node), cancellationToken).GetAwaiter().GetResult();

    private async Task<IReadOnlyList<ExtendedAttribute>?> FetchAsync(RestoreDirectory directory, Node node)
    {
        try
        {
            return await trees.ReadExtendedAttributesAsync(node, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is CorruptDataException or MissingObjectException)
        {
            report.Problem(directory.PathOf(node.Name), $"restored without its extended attributes, which are damaged: {exception.Message}");
        }
        catch (BackendException exception)
        {
            await StoreFailure.ThrowIfGoneAsync(backend, exception, cancellationToken).ConfigureAwait(false);
            report.Problem(
                directory.PathOf(node.Name), $"restored without its extended attributes, which cannot be read: {exception.Message}");
        }
        return null;
    }

    private uint? Find(RestoreDirectory directory, Node node, Func<ByteName, uint?> find, ByteName name)
    {
        if (options.NumericOwner || name.IsEmpty)
        {
            return null;
        }
        try
        {
            return find(name);
        }
        catch (FileSystemException exception)
        {
            report.Repeated(
                directory, node.Name, "owner names", $"the owner was taken by number: {exception.Message}");
            return null;
        }
    }
}
