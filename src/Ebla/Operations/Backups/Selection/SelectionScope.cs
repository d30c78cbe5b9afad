using Ebla.FileSystems;
using Ebla.Operations.Patterns;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>A directory that a walk is in: decides about its entries.</summary>
/// <remarks>Valid as long as the walk is in the directory or below it: see <see cref="SourceSelection"/>.</remarks>
internal sealed class SelectionScope
{
    private readonly SourceSelection _selection;
    private readonly SelectionScope? _ruled; // The nearest directory, this one or above, whose ignore file has rules.
    private readonly SelectionScope? _ruledAbove;
    private readonly int _pathLength;
    private readonly int _rootLength;
    private readonly ulong _device;
    private readonly bool _isCache;
    private readonly PatternList _rules;

    internal SelectionScope(
        SourceSelection selection, SelectionScope? parent, int pathLength, int rootLength, ulong device, DirectoryMarks marks)
    {
        _selection = selection;
        _pathLength = pathLength;
        _rootLength = rootLength;
        _device = device;
        _isCache = marks.IsCache;
        _rules = marks.Rules.Count == 0 ? PatternList.Empty : new PatternList(marks.Rules);
        _ruledAbove = parent?._ruled;
        _ruled = _rules.IsEmpty ? _ruledAbove : this;
    }

    /// <summary>Decides about an entry of the directory.</summary>
    public SelectionVerdict Decide(ReadOnlySpan<byte> name, in FileMetadata metadata)
    {
        if (_isCache && !name.SequenceEqual(DirectoryMarks.CacheTagName))
        {
            return new SelectionVerdict(SelectionCause.Cache);
        }
        bool isDirectory = metadata.Type == FileType.Directory;
        int length = _selection.WritePath(_pathLength, name);
        if (FindRule(length, length - name.Length, isDirectory) is { IsInclusion: false } rule)
        {
            return new SelectionVerdict(SelectionCause.Pattern, rule);
        }
        SelectionVerdict verdict = _selection.DecideByMetadata(metadata);
        return verdict.Cause == SelectionCause.None && isDirectory && _selection.Options.StaysOnFileSystem
            && metadata.Device != _device && !_selection.IsNamed(length)
            ? new SelectionVerdict(SelectionCause.FileSystem)
            : verdict;
    }

    /// <summary>Enters a directory of this one that <see cref="Decide"/> takes.</summary>
    public SelectionScope Enter(ReadOnlySpan<byte> name, in FileMetadata metadata, DirectoryMarks marks)
        => new(_selection, this, _selection.WritePath(_pathLength, name), _rootLength, metadata.Device, marks);

    // The command line decides first; then the ignore files, the nearest first.
    private PatternRule? FindRule(int length, int nameStart, bool isDirectory)
    {
        PatternRule? rule = _selection.FindRule(length, nameStart, _rootLength, isDirectory);
        for (SelectionScope? scope = _ruled; rule is null && scope is not null; scope = scope._ruledAbove)
        {
            rule = _selection.FindRule(scope._rules, length, nameStart, scope._pathLength, isDirectory);
        }
        return rule;
    }
}
