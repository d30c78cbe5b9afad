using System.Diagnostics.CodeAnalysis;
using Ebla.Primitives;

namespace Ebla.Backends;

/// <summary>Where things lie in a repository kept as files: relative paths with <c>/</c> (docs/format.md, section 2).</summary>
public static class RepositoryLayout
{
    /// <summary>The header file, at the top.</summary>
    public const string HeaderName = "ebla";

    /// <summary>The folder of unfinished writes. Nothing in it counts.</summary>
    public const string TempFolder = "tmp";

    /// <summary>The largest header, in bytes. A real one has a few hundred; more is not a header.</summary>
    public const int HeaderSizeInBytesMax = 64 * 1024;

    /// <summary>Packs are spread over this many folders, by the first two digits of their names.</summary>
    public const int PackFolderCount = 256;

    /// <summary>The kinds of objects, each with its folder.</summary>
    public static IReadOnlyList<ObjectKind> Kinds { get; } =
    [
        ObjectKind.Pack, ObjectKind.Index, ObjectKind.Snapshot, ObjectKind.Key,
        ObjectKind.Setting, ObjectKind.Session, ObjectKind.Condemned, ObjectKind.Note,
    ];

    /// <summary>The folder that holds an object: <c>packs/01</c> or <c>index</c>.</summary>
    public static string FolderOf(ObjectName name)
        => name.Kind == ObjectKind.Pack
            ? $"{ObjectName.FolderOf(name.Kind)}/{name.Id.ToString().AsSpan(0, 2)}"
            : ObjectName.FolderOf(name.Kind);

    /// <summary>The file that holds an object: its folder, then the 64 digits.</summary>
    public static string PathOf(ObjectName name) => $"{FolderOf(name)}/{name.Id}";

    /// <summary>Reads the name of a file in a folder of objects; false for a foreign file.</summary>
    public static bool TryParseFileName([NotNullWhen(true)] string? fileName, ObjectKind kind, out ObjectName name)
    {
        bool isObject = Hash256.TryParse(fileName, out Hash256 hash);
        name = isObject ? new ObjectName(kind, new ObjectId(hash)) : default;
        return isObject;
    }
}
