using Ebla.Primitives;

namespace Ebla.Operations.Checks;

/// <summary>A snapshot that refers to blobs of which no whole copy is stored.</summary>
/// <param name="Id">The snapshot.</param>
/// <param name="Time">When it was made.</param>
/// <param name="Host">Of which machine.</param>
public sealed record AffectedSnapshot(ObjectId Id, UnixTime Time, ByteName Host);
