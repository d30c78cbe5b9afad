namespace Ebla.FileSystems;

/// <summary>What is known of extended attributes by their names.</summary>
internal static class AttributeKinds
{
    /// <summary>The kind of problem that one with this attribute is.</summary>
    public static MetadataProblems Of(ReadOnlySpan<byte> name)
    {
        if (IsAccessControlList(name))
        {
            return MetadataProblems.AccessControlLists;
        }
        if (name.SequenceEqual("security.capability"u8))
        {
            return MetadataProblems.Capabilities;
        }
        return name switch
        {
            _ when name.StartsWith("user."u8) => MetadataProblems.UserAttributes,
            _ when name.StartsWith("trusted."u8) => MetadataProblems.TrustedAttributes,
            _ when name.StartsWith("security."u8) => MetadataProblems.SecurityAttributes,
            _ => MetadataProblems.OtherAttributes,
        };
    }

    /// <summary>
    /// Whether an attribute that a file has and should not have is to go. Not the labels that the system gives each new file, nor what
    /// else a file system shows as an attribute.
    /// </summary>
    public static bool IsRemovable(ReadOnlySpan<byte> name) => Of(name) switch
    {
        MetadataProblems.SecurityAttributes => false,
        MetadataProblems.OtherAttributes => !name.StartsWith("system."u8),
        _ => true,
    };

    private static bool IsAccessControlList(ReadOnlySpan<byte> name)
        => name.SequenceEqual("system.posix_acl_access"u8) || name.SequenceEqual("system.posix_acl_default"u8);
}
