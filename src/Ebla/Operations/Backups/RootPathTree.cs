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

    /// <summary>Whether, if selected, a link to a directory is followed.</summary>
    public bool IsFollowed { get; private set; }

    /// <summary>Below, by name; empty if selected.</summary>
    public SortedDictionary<ByteName, RootPathTree> Children { get; } = [];

    /// <summary>The tree of absolute, normal paths. A path below another adds nothing.</summary>
    public static RootPathTree Of(IEnumerable<NamedPath> paths)
    {
        RootPathTree root = new(ByteName.FromText("/"));
        foreach (NamedPath named in paths)
        {
            root.Select(LocalPath.Split(named.Path), named.IsFollowed);
        }
        return root;
    }

    /// <summary>What is selected, nothing of it below another.</summary>
    public IEnumerable<RootPathTree> Selected()
        => IsSelected ? [this] : Children.Values.SelectMany(child => child.Selected());

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
                child = new RootPathTree(place.Path.Join(component));
                place.Children.Add(component, child);
            }
            place = child;
        }
        place.IsFollowed |= isFollowed;
        place.IsSelected = true;
        place.Children.Clear();
    }
}
