namespace Ebla.Operations.Restores.Writing;

/// <summary>How a file is opened for writing.</summary>
internal enum FileOpening
{
    /// <summary>A new file under a temporary name, with nothing in it.</summary>
    New,

    /// <summary>The file that stands under the temporary name already, with some pieces that are right.</summary>
    Temporary,

    /// <summary>The file itself.</summary>
    InPlace,
}
