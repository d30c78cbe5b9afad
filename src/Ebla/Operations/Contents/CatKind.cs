namespace Ebla.Operations.Contents;

/// <summary>What of a repository can be shown.</summary>
public enum CatKind
{
    /// <summary>The plaintext header.</summary>
    Header,

    /// <summary>A key slot, member or grant; never what is secret in it.</summary>
    Key,

    /// <summary>A snapshot.</summary>
    Snapshot,

    /// <summary>A pack's directory.</summary>
    Pack,

    /// <summary>An index segment.</summary>
    Index,

    /// <summary>A session record.</summary>
    Session,

    /// <summary>A condemned record.</summary>
    Condemned,

    /// <summary>A note.</summary>
    Note,

    /// <summary>A tree blob, decoded.</summary>
    Tree,
}
