namespace Ebla.Backends;

/// <summary>What a back-end can do, said up front.</summary>
/// <param name="CanDelete">False on an append-only store.</param>
/// <param name="CanReadRanges">Whether reading a part costs only that part.</param>
/// <param name="ObjectSizeInBytesMax">The largest object it takes.</param>
/// <param name="CanCreateHeaderOnce">
/// Whether, of two callers that create the header at once, exactly one succeeds. Some stores tell only when they are asked to create one:
/// false before.
/// </param>
/// <param name="IsDurableOnceFlushed">
/// False if the store is known not to promise that what was flushed outlives a power cut. Some learn it at the first flush only, and
/// say true before.
/// </param>
/// <param name="LocksObjects">Whether what is put cannot be deleted for a time; what is older can.</param>
public sealed record BackendCapabilities(
    bool CanDelete, bool CanReadRanges, long ObjectSizeInBytesMax, bool CanCreateHeaderOnce = true, bool IsDurableOnceFlushed = true,
    bool LocksObjects = false);
