namespace Ebla.Operations.Checks;

/// <summary>What a finding is about.</summary>
public enum CheckSubject
{
    /// <summary>The plaintext header.</summary>
    Header,

    /// <summary>Key slots, members, grants.</summary>
    Key,

    /// <summary>Repository settings.</summary>
    Setting,

    /// <summary>A snapshot object.</summary>
    Snapshot,

    /// <summary>The running numbers of snapshots and what writers knew of each other: removal or rollback by the store.</summary>
    History,

    /// <summary>An index segment.</summary>
    Index,

    /// <summary>A pack.</summary>
    Pack,

    /// <summary>Blobs that snapshots refer to.</summary>
    Blob,

    /// <summary>A session record.</summary>
    Session,

    /// <summary>A condemned record.</summary>
    Condemned,

    /// <summary>A note.</summary>
    Note,
}
