namespace Ebla.Operations.Dumps;

/// <summary>What a dump writes.</summary>
public enum DumpFormat
{
    /// <summary>The content of one file.</summary>
    Raw,

    /// <summary>A tar archive as POSIX.1-2001 (pax) has it: loses sockets and chattr flags only.</summary>
    Tar,

    /// <summary>A zip archive: folders, files and symbolic links, with their permissions.</summary>
    Zip,
}
