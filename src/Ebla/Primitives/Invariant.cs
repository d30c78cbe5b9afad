using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Ebla.Primitives;

/// <summary>Checks what can only be false by a bug of ours. On in every build.</summary>
internal static class Invariant
{
    /// <summary>Throws if <paramref name="condition"/> is false.</summary>
    public static void Check(
        [DoesNotReturnIf(false)] bool condition,
        [CallerArgumentExpression(nameof(condition))] string? text = null)
    {
        if (!condition)
        {
            throw new UnreachableException($"Invariant violated: {text}");
        }
    }
}
