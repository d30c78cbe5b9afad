using Ebla.Operations.Patterns;
using Ebla.Primitives;

namespace Ebla.Operations.Restores.Walking;

/// <summary>Decides which entries of a snapshot are restored, by their paths alone. Immutable.</summary>
internal sealed class RestoreSelection
{
    private readonly List<byte[]> _paths;
    private readonly PatternList _includes;
    private readonly PatternList _excludes;
    private readonly int _folderStart;

    /// <param name="options">The paths and patterns.</param>
    /// <param name="root">The place in the snapshot that is restored: patterns with a slash inside are relative to it.</param>
    public RestoreSelection(RestoreOptions options, ByteName root)
    {
        _paths = [.. options.Paths.Select(path => FileSystems.LocalPath.Normalize(path).Span.TrimStart((byte)'/').ToArray())];
        // "!" takes back: of what is included as of what is excluded.
        _includes = new PatternList(options.Includes.Select(pattern => PatternRule.Exclude(pattern, "--include")));
        _excludes = new PatternList(options.Excludes.Select(pattern => PatternRule.Exclude(pattern, "--exclude")));
        _folderStart = root.Length <= 1 ? 0 : root.Length;
        HasIncludes = options.Includes.Count > 0;
        IsEverything = _paths.Count == 0 && !HasIncludes && _excludes.IsEmpty;
    }

    /// <summary>Nothing needs to be asked.</summary>
    public bool IsEverything { get; }

    /// <summary>Where the walk begins.</summary>
    public Scope Root => new(IsInPaths: _paths.Count == 0 || _paths.Exists(path => path.Length == 0), IsIncluded: !HasIncludes);

    private bool HasIncludes { get; }

    /// <summary>Decides about an entry.</summary>
    /// <param name="above">What holds of its directory.</param>
    /// <param name="path">From the root of the snapshot, without the slash at its start.</param>
    /// <param name="nameStart">Where its name begins in the path.</param>
    /// <param name="isDirectory">Whether it is one.</param>
    /// <returns>Null: neither it nor anything below it is restored.</returns>
    public Scope? Decide(Scope above, ReadOnlySpan<byte> path, int nameStart, bool isDirectory)
    {
        bool isInPaths = above.IsInPaths;
        bool isAbovePath = false;
        for (int i = 0; i < _paths.Count && !isInPaths; i++)
        {
            isInPaths = path.SequenceEqual(_paths[i]);
            isAbovePath |= _paths[i].Length > path.Length && _paths[i][path.Length] == (byte)'/' && _paths[i].AsSpan().StartsWith(path);
        }
        if (!isInPaths && !(isDirectory && isAbovePath))
        {
            return null;
        }
        int folderStart = Math.Min(_folderStart, path.Length);
        if (!_excludes.IsEmpty && _excludes.Find(path, nameStart, folderStart, isDirectory) is { IsInclusion: false })
        {
            return null;
        }
        bool isIncluded = above.IsIncluded;
        if (HasIncludes && _includes.Find(path, nameStart, folderStart, isDirectory) is { } rule)
        {
            isIncluded = !rule.IsInclusion;
        }
        return isIncluded || isDirectory ? new Scope(isInPaths, isIncluded) : null;
    }

    /// <summary>What holds of an entry and so, if nothing else is said, of what is below it.</summary>
    internal readonly record struct Scope(bool IsInPaths, bool IsIncluded)
    {
        /// <summary>Whether it is restored itself; else it is a directory that something restored may be in.</summary>
        public bool IsSelected => IsInPaths && IsIncluded;
    }
}
