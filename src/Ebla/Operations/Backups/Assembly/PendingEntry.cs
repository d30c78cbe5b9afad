using Ebla.Operations.Backups.Nodes;

namespace Ebla.Operations.Backups.Assembly;

/// <summary>An entry of a directory that may not be finished yet, while others behind it are. Belongs to <see cref="TreeAssembly"/>.</summary>
/// <param name="parent">The directory it is in; null for the root.</param>
internal class PendingEntry(PendingDirectory? parent)
{
    public PendingDirectory? Parent => parent;

    public bool IsFinished { get; private set; }

    /// <summary>What is finished, as its directory will list it; null if there is nothing, since it vanished or cannot be read.</summary>
    public EncodedNode? Result { get; private set; }

    public void Finish(EncodedNode? result)
    {
        Result = result;
        IsFinished = true;
    }
}
