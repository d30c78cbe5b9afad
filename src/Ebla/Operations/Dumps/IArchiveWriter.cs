using Ebla.Primitives;
using Ebla.Trees;

namespace Ebla.Operations.Dumps;

/// <summary>Writes an archive from its start to its end.</summary>
internal interface IArchiveWriter
{
    /// <summary>Adds an entry.</summary>
    /// <param name="path">In the archive: relative, and empty for the directory that all is in.</param>
    /// <param name="node">The entry.</param>
    /// <param name="attributes">Its extended attributes.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>Whether the format can hold it.</returns>
    Task<bool> TryAddAsync(
        ByteName path, Node node, IReadOnlyList<ExtendedAttribute> attributes, CancellationToken cancellationToken);

    /// <summary>Ends the archive. Without this it is one that was cut off, and every reader sees so.</summary>
    void End();

    /// <summary>The archive ends here, although it is not whole: makes sure that every reader sees so.</summary>
    void Cut();
}
