using Ebla.Notes;
using Ebla.Primitives;
using Ebla.Repositories;
using Ebla.Snapshots;

namespace Ebla.Operations.Retention;

/// <summary>What the snapshots of a group have in common.</summary>
internal readonly record struct RetentionGroupKey(
    MemberId Writer, ByteName? Host, IReadOnlyList<ByteName>? Paths, IReadOnlyList<string>? Tags, string Text) : IComparable<RetentionGroupKey>
{
    public static RetentionGroupKey Of(StoredSnapshot stored, RetentionGrouping grouping)
    {
        Snapshot snapshot = stored.Snapshot;
        ByteName? host = grouping.HasFlag(RetentionGrouping.Host) ? snapshot.Host : null;
        ByteName[]? paths = grouping.HasFlag(RetentionGrouping.Paths) ? [.. snapshot.Paths.Distinct().Order()] : null;
        string[]? tags = grouping.HasFlag(RetentionGrouping.Tags)
            ? [.. snapshot.Tags.Distinct().Order(StringComparer.Ordinal)]
            : null;
        // Names are bytes and hold no zero; tags may hold anything, so their lengths stand before them.
        string text = string.Join('/', [
            host is { } name ? Convert.ToHexString(name.Span) : "",
            .. (paths ?? []).Select(path => Convert.ToHexString(path.Span)), "",
            .. (tags ?? []).Select(tag => $"{tag.Length}:{tag}")]);
        return new RetentionGroupKey(snapshot.Writer, host, paths, tags, text);
    }

    public bool Equals(RetentionGroupKey other) => Writer == other.Writer && Text == other.Text;

    public override int GetHashCode() => HashCode.Combine(Writer, Text);

    public int CompareTo(RetentionGroupKey other)
    {
        int order = string.CompareOrdinal(Text, other.Text);
        return order != 0 ? order : Writer.Value.CompareTo(other.Writer.Value);
    }
}
