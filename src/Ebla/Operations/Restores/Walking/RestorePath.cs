namespace Ebla.Operations.Restores.Walking;

/// <summary>
/// The path that a walk is at, from the root of the snapshot and without a slash at its start: one buffer for all levels, so that deep
/// directories cost their names only. Each directory remembers how long its path is.
/// </summary>
internal sealed class RestorePath
{
    private byte[] _bytes = new byte[4096];

    /// <summary>Sets the path to that of a directory's entry.</summary>
    /// <returns>The whole path's length.</returns>
    public int Write(int directoryLength, ReadOnlySpan<byte> name)
    {
        int start = directoryLength == 0 ? 0 : directoryLength + 1;
        if (_bytes.Length < start + name.Length)
        {
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, start + name.Length));
        }
        if (start > 0)
        {
            _bytes[start - 1] = (byte)'/';
        }
        name.CopyTo(_bytes.AsSpan(start));
        return start + name.Length;
    }

    public ReadOnlySpan<byte> Of(int length) => _bytes.AsSpan(0, length);
}
