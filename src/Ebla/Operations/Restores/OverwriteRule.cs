namespace Ebla.Operations.Restores;

/// <summary>What becomes of a file in the target that the snapshot has as well.</summary>
public enum OverwriteRule
{
    /// <summary>It is read and compared; what is right of it is kept, and what is wrong is fetched.</summary>
    Always,

    /// <summary>If size and time of modification are equal, its content is taken for right unread; else as <see cref="Always"/>.</summary>
    Changed,

    /// <summary>It stays as it is, whatever it is.</summary>
    Never,
}
