using System.Text;
using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations;

/// <summary>What a user types to name a snapshot, or a place inside one: <c>SNAPSHOT</c> or <c>SNAPSHOT:PATH</c>.</summary>
/// <param name="Snapshot">The start of an id, <c>latest</c>, or <c>latest:HOST</c>. Not checked here.</param>
/// <param name="Path">The place inside, absolute and normal; empty where none is given.</param>
public sealed record SnapshotPath(string Snapshot, ByteName Path)
{
    /// <summary>
    /// Takes the text apart. A path begins with a slash and no host name has one, so <c>latest:/etc</c> and <c>latest:web1:/etc</c>
    /// each have one meaning.
    /// </summary>
    /// <param name="text">As typed.</param>
    public static SnapshotPath Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Parse(ByteName.FromText(text));
    }

    /// <summary>The same for bytes as they were typed: a path need not be UTF-8.</summary>
    public static SnapshotPath Parse(ByteName text)
    {
        int colon = text.Span.IndexOf(":/"u8);
        return colon < 0
            ? new SnapshotPath(Encoding.UTF8.GetString(text.Span), default)
            : new SnapshotPath(
                Encoding.UTF8.GetString(text.Span[..colon]), LocalPath.Normalize(new ByteName(text.Span[(colon + 1)..])));
    }

    /// <inheritdoc/>
    public override string ToString() => Path.IsEmpty ? Snapshot : $"{Snapshot}:{Path}";
}
