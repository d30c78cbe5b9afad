namespace Ebla.Primitives;

/// <summary>
/// The path of a walk: grows by a name on the way down, shrinks on the way back. So the paths of a deep tree cost their bytes, and not all
/// their beginnings as well.
/// </summary>
internal sealed class GrowingPath
{
    private readonly Stack<int> _lengths = [];
    private byte[] _bytes;
    private int _length;

    public GrowingPath(ByteName start)
    {
        _bytes = start.Span.ToArray();
        _length = _bytes.Length;
    }

    /// <value>The path as it is now.</value>
    public ByteName Value => new(_bytes.AsSpan(0, _length));

    /// <summary>Goes down.</summary>
    public void Push(ByteName name)
    {
        _lengths.Push(_length);
        Append(name);
    }

    /// <summary>Goes back up.</summary>
    public void Pop() => _length = _lengths.Pop();

    /// <summary>The path of an entry.</summary>
    public ByteName Join(ByteName name)
    {
        int length = _length;
        Append(name);
        ByteName path = Value;
        _length = length;
        return path;
    }

    private void Append(ByteName name)
    {
        int needed = _length + 1 + name.Length;
        if (_bytes.Length < needed)
        {
            Array.Resize(ref _bytes, Math.Max(needed, 2 * _bytes.Length));
        }
        if (_length > 0 && _bytes[_length - 1] != (byte)'/')
        {
            _bytes[_length++] = (byte)'/';
        }
        name.Span.CopyTo(_bytes.AsSpan(_length));
        _length += name.Length;
    }
}
