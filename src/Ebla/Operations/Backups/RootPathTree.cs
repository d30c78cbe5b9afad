using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

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

    /// <summary>Below, by name; empty if selected.</summary>
    public SortedDictionary<ByteName, RootPathTree> Children { get; } = [];

    /// <summary>The tree of absolute, normal paths. A path below another adds nothing.</summary>
    public static RootPathTree Of(IEnumerable<ByteName> paths)
    {
        RootPathTree root = new(null, ByteName.FromText("/"));
        foreach (ByteName path in paths)
        {
            root.Select(LocalPath.Split(path));
        }
        return root;
    }

    /// <summary>The paths selected, none of them below another.</summary>
    public IEnumerable<ByteName> SelectedPaths()
    {
        Stack<RootPathTree> waiting = new([this]);
        while (waiting.TryPop(out RootPathTree? place))
        {
            if (place.IsSelected)
            {
                yield return place.Path;
            }
            foreach (RootPathTree child in place.Children.Values.Reverse())
            {
                waiting.Push(child);
            }
        }
    }

    private void Select(IReadOnlyList<ByteName> components)
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
        place.IsSelected = true;
        place.Children.Clear();
    }
}
