using Ebla.Primitives;

namespace Ebla.Notes;

/// <summary>A snapshot that a note forgets. Writer and number stay known when the snapshot itself is gone: its number is then no hole.</summary>
internal readonly record struct ForgottenSnapshot(ObjectId Snapshot, MemberId Writer, ulong Sequence);
