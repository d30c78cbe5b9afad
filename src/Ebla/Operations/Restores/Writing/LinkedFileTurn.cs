namespace Ebla.Operations.Restores.Writing;

/// <summary>What is to be done with a name of a file that has several.</summary>
internal enum LinkedFileTurn
{
    /// <summary>Restore the file under this name.</summary>
    Restore,

    /// <summary>Nothing yet: the file is being restored under another name.</summary>
    Wait,

    /// <summary>Link it to the file.</summary>
    Link,
}
