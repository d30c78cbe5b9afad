namespace Ebla.Tests.Backends;

/// <summary>What goes wrong at one operation.</summary>
public enum FaultKind
{
    /// <summary>A transient error; nothing was done.</summary>
    ErrorBefore,

    /// <summary>A transient error although it was done: the reply got lost.</summary>
    ErrorAfter,

    /// <summary>The process dies before the operation: it and all later ones throw <see cref="SimulatedCrashException"/>.</summary>
    CrashBefore,

    /// <summary>The process dies after the operation took effect.</summary>
    CrashAfter,

    /// <summary>The answer is "missing". An <see cref="ErrorBefore"/> where there is no such answer.</summary>
    Missing,

    /// <summary>One bit of what was read is wrong; a size is off by one. An <see cref="ErrorBefore"/> where nothing is read.</summary>
    FlippedBit,

    /// <summary>The object ends early, a listing breaks off half-way with an error. An <see cref="ErrorBefore"/> where nothing is read.</summary>
    Truncated,
}
