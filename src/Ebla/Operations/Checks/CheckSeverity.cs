namespace Ebla.Operations.Checks;

/// <summary>How bad a finding is.</summary>
public enum CheckSeverity
{
    /// <summary>Worth knowing; nothing is wrong: a pack that no index segment names yet, a session under way.</summary>
    Information,

    /// <summary>
    /// Something is not as it should be, but no snapshot suffers: an index segment that names a pack which is gone and not
    /// needed.
    /// </summary>
    Warning,

    /// <summary>Stored bytes are wrong or missing. The exit code says so.</summary>
    Damage,
}
