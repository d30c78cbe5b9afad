namespace Ebla.Operations.Restores;

/// <summary>What a dry run would do to an entry of the target.</summary>
public enum RestoreAction
{
    /// <summary>It is not there, and would be made.</summary>
    Make,

    /// <summary>It is there and differs, and would be replaced or mended.</summary>
    Replace,

    /// <summary>Its content is right; at most its metadata would be set.</summary>
    Keep,

    /// <summary>It is left as it is because of the overwrite rule.</summary>
    Leave,

    /// <summary>The snapshot does not have it, and it would be removed.</summary>
    Delete,
}
