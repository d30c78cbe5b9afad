namespace Ebla.Backends.Sftp;

/// <summary>What a server tells about a file; null where it does not.</summary>
internal readonly record struct SftpAttributes(long? SizeInBytes, uint? Mode, uint? ModifiedInSeconds)
{
    private const uint TypeMask = 0xF000;

    public bool IsFolder => (Mode & TypeMask) == 0x4000;

    /// <summary>A server that tells no type is believed to mean a file.</summary>
    public bool IsFile => Mode is null or 0 || (Mode & TypeMask) == 0x8000;
}
