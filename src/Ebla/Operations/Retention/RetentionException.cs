using Ebla.Primitives;

namespace Ebla.Operations.Retention;

/// <summary>What was asked for is not done to these snapshots: pinned, the last of their group, or too late.</summary>
public sealed class RetentionException(string message) : EblaException(message);
