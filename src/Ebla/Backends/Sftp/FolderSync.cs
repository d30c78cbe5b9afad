namespace Ebla.Backends.Sftp;

/// <summary>Whether a server makes the names in a folder durable when it is asked to.</summary>
internal enum FolderSync
{
    Untried,
    Works,
    Refused,
}
