using Ebla.Packs;
using Ebla.Primitives;

namespace Ebla.Indexing;

/// <summary>A pack and its directory: what an index segment lists.</summary>
internal sealed record IndexedPack(ObjectId Id, long SizeInBytes, PackDirectory Directory);
