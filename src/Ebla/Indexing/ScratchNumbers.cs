using System.Runtime.InteropServices;

namespace Ebla.Indexing;

/// <summary>Numbers, zero at first, in a <see cref="ScratchTable"/>: one for each blob of a large repository, out of the heap.</summary>
/// <param name="path">The file; its name is gone when this returns.</param>
/// <param name="count">How many.</param>
internal sealed class ScratchNumbers(string path, long count) : IDisposable
{
    private readonly ScratchTable _table = new(path, count, sizeof(int));

    /// <summary>A number, to be read or written.</summary>
    public ref int this[long index] => ref MemoryMarshal.AsRef<int>(_table[index]);

    public void Dispose() => _table.Dispose();
}
