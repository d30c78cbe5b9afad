using Ebla.Primitives;

namespace Ebla.Keys;

/// <summary>A key object that could not be used although the repository could be opened.</summary>
public sealed record KeyFinding(ObjectId Id, EblaException Error);
