namespace Ebla.Backends.Sftp;

/// <summary>One line of a folder's listing.</summary>
internal readonly record struct SftpEntry(string Name, SftpAttributes Attributes);
