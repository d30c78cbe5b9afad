using Ebla.FileSystems;
using Ebla.Operations.Patterns;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>
/// Decides what of a source is backed up. It looks at nothing itself: whoever walks the source tells it what he meets, and asks.
/// </summary>
/// <remarks>
/// For one walk, depth first: the path that the walk is at is kept once for all scopes, so that directories of any depth cost their
/// names only.
/// </remarks>
internal sealed class SourceSelection
{
    private readonly HashSet<ByteName> _named;
    private readonly PatternList _rules;
    private readonly bool _hasAbsoluteRules;
    private byte[] _path = new byte[4096];

    public SourceSelection(SelectionOptions options, ExcludedFolders ownFolders, IEnumerable<ByteName> named)
    {
        Options = options;
        OwnFolders = ownFolders;
        _named = [.. named];
        _rules = new PatternList(options.Rules);
        _hasAbsoluteRules = options.Rules.Any(rule => rule.Pattern.IsAbsolute);
    }

    public SelectionOptions Options { get; }

    private ExcludedFolders OwnFolders { get; }

    /// <summary>Decides about a path that was named. Of the directories above it only rules with their whole path count.</summary>
    public SelectionVerdict DecideNamed(ByteName path, in FileMetadata metadata)
    {
        ReadOnlySpan<byte> whole = path.Span.TrimStart((byte)'/');
        if (whole.IsEmpty)
        {
            return SelectionVerdict.Taken;
        }
        for (int slash = whole.IndexOf((byte)'/'); _hasAbsoluteRules && slash >= 0; slash = NextSlash(whole, slash))
        {
            if (_rules.FindAbsolute(whole[..slash]) is { IsInclusion: false } above)
            {
                return new SelectionVerdict(SelectionCause.Pattern, above);
            }
        }
        PatternRule? rule = _rules.FindNamed(whole, whole.LastIndexOf((byte)'/') + 1, metadata.Type == FileType.Directory);
        return rule is { IsInclusion: false } ? new SelectionVerdict(SelectionCause.Pattern, rule) : DecideByMetadata(metadata);
    }

    /// <summary>Enters a named directory.</summary>
    public SelectionScope EnterNamed(ByteName path, in FileMetadata metadata, DirectoryMarks marks)
    {
        ReadOnlySpan<byte> whole = path.Span.TrimStart((byte)'/');
        _ = WritePath(0, whole);
        return new SelectionScope(this, null, whole.Length, whole.Length, metadata.Device, marks);
    }

    /// <summary>Puts a name behind the path of a directory.</summary>
    /// <returns>The length of the path with the name.</returns>
    internal int WritePath(int directoryLength, ReadOnlySpan<byte> name)
    {
        int start = directoryLength == 0 ? 0 : directoryLength + 1;
        if (_path.Length < start + name.Length)
        {
            Array.Resize(ref _path, Math.Max(2 * _path.Length, start + name.Length));
        }
        if (start > 0)
        {
            _path[start - 1] = (byte)'/';
        }
        name.CopyTo(_path.AsSpan(start));
        return start + name.Length;
    }

    /// <summary>The rule of the command line that decides about the path written last.</summary>
    internal PatternRule? FindRule(int pathLength, int nameStart, int rootLength, bool isDirectory)
        => FindRule(_rules, pathLength, nameStart, rootLength, isDirectory);

    /// <summary>The rule of a list that decides about the path written last.</summary>
    internal PatternRule? FindRule(PatternList rules, int pathLength, int nameStart, int folderLength, bool isDirectory)
        => rules.IsEmpty
            ? null
            : rules.Find(_path.AsSpan(0, pathLength), nameStart, folderLength == 0 ? 0 : folderLength + 1, isDirectory);

    /// <summary>Whether the path written last was named.</summary>
    internal bool IsNamed(int pathLength) => _named.Contains(new ByteName([(byte)'/', .. _path.AsSpan(0, pathLength)]));

    /// <summary>What the metadata alone tell.</summary>
    internal SelectionVerdict DecideByMetadata(in FileMetadata metadata)
    {
        if (Options.SkipsNoDump && metadata.HasNoDumpFlag)
        {
            return new SelectionVerdict(SelectionCause.NoDump);
        }
        if (metadata.Type == FileType.Regular && metadata.SizeInBytes > Options.FileSizeInBytesMax)
        {
            return new SelectionVerdict(SelectionCause.Size);
        }
        return metadata.Type == FileType.Directory && OwnFolders.Contains(metadata)
            ? new SelectionVerdict(SelectionCause.OwnFolder)
            : SelectionVerdict.Taken;
    }

    private static int NextSlash(ReadOnlySpan<byte> path, int slash)
    {
        int next = path[(slash + 1)..].IndexOf((byte)'/');
        return next < 0 ? -1 : slash + 1 + next;
    }
}
