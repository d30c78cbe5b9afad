namespace Ebla.Tests.PruneModel;

/// <summary>Of states that differ only in which of two equal processes is which, one.</summary>
internal sealed class Symmetry(Scenario scenario, WorldCodec codec)
{
    public void Write(in World world, Span<ulong> words)
    {
        _ = scenario;
        codec.Write(world, words);
    }
}
