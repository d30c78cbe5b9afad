namespace Ebla.Operations.Trials;

/// <summary>A store did what it must not do. Ends the trial that saw it.</summary>
internal sealed class BrokenPromiseException(string message) : Exception(message)
{
    public static void ThrowUnless(bool isKept, string message)
    {
        if (!isKept)
        {
            throw new BrokenPromiseException(message);
        }
    }
}
