namespace Ebla.Tests.Backends.Decorators;

/// <summary>Always the least: waits that depend on it take no time.</summary>
internal sealed class NoChance() : Random(0)
{
    public override double NextDouble() => 0;
}
