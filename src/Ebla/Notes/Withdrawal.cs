using Ebla.Primitives;

namespace Ebla.Notes;

/// <summary>What a note says of a snapshot no longer holds.</summary>
/// <param name="Note">The note: one that forgets or one that pins.</param>
/// <param name="Snapshot">The snapshot.</param>
internal readonly record struct Withdrawal(ObjectId Note, ObjectId Snapshot);
