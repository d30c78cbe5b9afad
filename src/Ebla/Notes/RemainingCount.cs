using Ebla.Primitives;

namespace Ebla.Notes;

/// <summary>How many snapshots of a writer count after a forget.</summary>
internal readonly record struct RemainingCount(MemberId Writer, ulong Count);
