namespace Ebla.Keys;

/// <summary>
/// What a member may do. The numbers stand in the format. Only <see cref="Owner"/> can be created yet.
/// </summary>
public enum MemberRole : byte
{
    /// <summary>Everything; holds the root key.</summary>
    Owner = 1,

    /// <summary>Adds backups; reads none.</summary>
    Writer = 2,

    /// <summary>Reads and adds backups.</summary>
    Reader = 3,

    /// <summary>Prunes, repacks and checks; reads neither names nor contents.</summary>
    Maintainer = 4,
}
