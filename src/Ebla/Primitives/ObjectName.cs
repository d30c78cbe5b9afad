namespace Ebla.Primitives;

/// <summary>Names one stored object: its kind, which is its folder, and the hash of its bytes.</summary>
public readonly record struct ObjectName(ObjectKind Kind, ObjectId Id)
{
    /// <summary>The folder and the 64 hexadecimal digits, as in <c>packs/0123…</c>.</summary>
    public override string ToString() => $"{FolderOf(Kind)}/{Id}";

    /// <summary>The folder that holds the objects of a kind (docs/format.md, section 2).</summary>
    public static string FolderOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Pack => "packs",
        ObjectKind.Index => "index",
        ObjectKind.Snapshot => "snapshots",
        ObjectKind.Key => "keys",
        ObjectKind.Setting => "settings",
        ObjectKind.Session => "sessions",
        ObjectKind.Condemned => "condemned",
        ObjectKind.Note => "notes",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such kind of object."),
    };
}
