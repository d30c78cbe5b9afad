using Ebla.Primitives;

namespace Ebla.Backends.Rest;

/// <summary>Where our objects lie in the protocol, which knows five kinds of names and a file "config".</summary>
/// <remarks>
/// In append-only mode only locks can be deleted, so these are our sessions. Kinds without a counterpart have a repository of their own
/// below the location, and are the keys there.
/// </remarks>
internal static class RestNames
{
    public const string Header = "config";

    /// <summary>What makes the folders of a new repository.</summary>
    public const string Creation = "?create=true";

    public static string FolderOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Pack => "data",
        ObjectKind.Index => "index",
        ObjectKind.Snapshot => "snapshots",
        ObjectKind.Key => "keys",
        ObjectKind.Session => "locks",
        ObjectKind.Setting or ObjectKind.Condemned or ObjectKind.Note => $"{ObjectName.FolderOf(kind)}/keys",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of object."),
    };

    public static string PathOf(ObjectName name) => $"{FolderOf(name.Kind)}/{name.Id}";
}
