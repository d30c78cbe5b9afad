namespace Ebla.FileSystems;

/// <summary>What a file has that was just made in a certain directory.</summary>
/// <param name="Owner">Who owns it.</param>
/// <param name="Flags">Flags of the kernel, also those that are not a user's; null if the file system has none.</param>
/// <param name="HasAttributes">Whether it has extended attributes: an inherited access control list, a label.</param>
internal readonly record struct NewFileTraits(Owner Owner, uint? Flags, bool HasAttributes)
{
    /// <summary>Asks a new file.</summary>
    public static NewFileTraits Of(TargetFile file)
    {
        FileMetadata metadata = file.Stat();
        OpenTarget target = new(file);
        int result = target.GetFlags(out uint flags);
        bool hasAttributes = AttributeNames.Of(target, out int error).Count > 0 || error < 0;
        return new NewFileTraits(new Owner(metadata.UserId, metadata.GroupId), result < 0 ? null : flags, hasAttributes);
    }
}
