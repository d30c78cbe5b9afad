using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups.Selection;

/// <summary>The paths of a backup as a tree of their components: the way from "/" to each of them.</summary>
internal sealed class RootPathTree
{
    private readonly RootPathTree? _parent;
    private readonly ByteName _name;

    private RootPathTree(RootPathTree? parent, ByteName name) => (_parent, _name) = (parent, name);

    /// <value>The absolute path. Put together at each call, since all of a long path's beginnings would take much memory.</value>
    public ByteName Path
    {
        get
        {
            Stack<ByteName> names = [];
            for (RootPathTree? at = this; at is not null; at = at._parent)
            {
                names.Push(at._name);
            }
            return ByteName.OfPath(names);
        }
    }

    /// <summary>Whether everything here is backed up; else only what lies on the way.</summary>
    public bool IsSelected { get; private set; }

    /// <summary>Whether, if selected, a link to a directory is followed.</summary>
    public bool IsFollowed { get; private set; }

    /// <summary>Below, by name; empty if selected.</summary>
    public SortedDictionary<ByteName, RootPathTree> Children { get; } = [];

    /// <summary>The tree of absolute, normal paths. A path below another adds nothing.</summary>
    public static RootPathTree Of(IEnumerable<NamedPath> paths)
    {
        RootPathTree root = new(null, ByteName.FromText("/"));
        foreach (NamedPath named in paths)
        {
            root.Select(LocalPath.Split(named.Path), named.IsFollowed);
        }
        return root;
    }

    /// <summary>What is selected, nothing of it below another.</summary>
    public IEnumerable<RootPathTree> Selected()
    {
        Stack<RootPathTree> waiting = new([this]);
        while (waiting.TryPop(out RootPathTree? place))
        {
            if (place.IsSelected)
            {
                yield return place;
            }
            foreach (RootPathTree child in place.Children.Values.Reverse())
            {
                waiting.Push(child);
            }
        }
    }

    /// <summary>
    /// Opens what is selected as a directory; null if it is something else, or gone, which the next look tells.
    /// </summary>
    /// <exception cref="FileSystemException">It cannot be opened.</exception>
    public SourceDirectory? TryOpen()
    {
        try
        {
            return IsFollowed || SourceDirectory.StatRoot(Path).Type == FileType.Directory ? SourceDirectory.OpenRoot(Path) : null;
        }
        catch (FileSystemException exception) when (exception.IsVanished)
        {
            return null;
        }
    }

    private void Select(IReadOnlyList<ByteName> components, bool isFollowed)
    {
        RootPathTree place = this;
        foreach (ByteName component in components)
        {
            if (place.IsSelected)
            {
                return;
            }
            if (!place.Children.TryGetValue(component, out RootPathTree? child))
            {
                child = new RootPathTree(place, component);
                place.Children.Add(component, child);
            }
            place = child;
        }
        place.IsFollowed |= isFollowed;
        place.IsSelected = true;
        place.Children.Clear();
    }
}
