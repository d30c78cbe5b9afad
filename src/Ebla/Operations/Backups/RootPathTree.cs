using Ebla.FileSystems;
using Ebla.Primitives;

namespace Ebla.Operations.Backups;

/// <summary>The paths of a backup as a tree of their components: the way from "/" to each of them.</summary>
internal sealed class RootPathTree
{
    private RootPathTree(ByteName path) => Path = path;

    /// <summary>The absolute path.</summary>
    public ByteName Path { get; }

    /// <summary>Whether everything here is backed up; else only what lies on the way.</summary>
    public bool IsSelected { get; private set; }

    /// <summary>Below, by name; empty if selected.</summary>
    public SortedDictionary<ByteName, RootPathTree> Children { get; } = [];

    /// <summary>The tree of absolute, normal paths. A path below another adds nothing.</summary>
    public static RootPathTree Of(IEnumerable<ByteName> paths)
    {
        RootPathTree root = new(ByteName.FromText("/"));
        foreach (ByteName path in paths)
        {
            root.Select(LocalPath.Split(path));
        }
        return root;
    }

    /// <summary>The paths selected, none of them below another.</summary>
    public IEnumerable<ByteName> SelectedPaths()
        => IsSelected ? [Path] : Children.Values.SelectMany(child => child.SelectedPaths());

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
                child = new RootPathTree(place.Path.Join(component));
                place.Children.Add(component, child);
            }
            place = child;
        }
        place.IsSelected = true;
        place.Children.Clear();
    }
}
