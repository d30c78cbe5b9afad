namespace Ebla.Backends.WebDav;

/// <summary>One thing that a WebDAV server lists.</summary>
/// <param name="Name">The last part of its path.</param>
/// <param name="IsFolder">Whether it is a collection.</param>
/// <param name="SizeInBytes">Null: the server does not say.</param>
/// <param name="FreeSpaceInBytes">How much can still be stored there, if the server says so.</param>
internal readonly record struct DavEntry(string Name, bool IsFolder, long? SizeInBytes, long? FreeSpaceInBytes);
