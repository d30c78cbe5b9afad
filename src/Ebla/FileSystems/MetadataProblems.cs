namespace Ebla.FileSystems;

/// <summary>The kinds of metadata that could not be read or set.</summary>
[Flags]
internal enum MetadataProblems
{
    None = 0,

    User = 1,

    Group = 2,

    /// <summary>The mode was not set, or without its set-user-id or set-group-id bit since the owner is not the wanted one.</summary>
    Mode = 4,

    Times = 8,

    /// <summary>Extended attributes "user.*".</summary>
    UserAttributes = 0x10,

    /// <summary>Extended attributes "trusted.*", which are root's.</summary>
    TrustedAttributes = 0x20,

    /// <summary>Extended attributes "security.*" but for capabilities: labels of SELinux and its like.</summary>
    SecurityAttributes = 0x40,

    Capabilities = 0x80,

    AccessControlLists = 0x100,

    /// <summary>Extended attributes of other namespaces, or their list.</summary>
    OtherAttributes = 0x200,

    /// <summary>What chattr(1) sets.</summary>
    Flags = 0x400,
}
