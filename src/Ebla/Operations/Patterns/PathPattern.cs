namespace Ebla.Operations.Patterns;

/// <summary>One pattern as git's ignore files have them (gitignore(5)), on raw bytes, with upper and lower case apart.</summary>
/// <remarks>
/// Without a slash (but at its end) it is about names, wherever they are; else about paths from the folder that it stands for. The tests
/// compare it with git itself.
/// </remarks>
internal sealed class PathPattern
{
    private readonly Form _form;
    private readonly byte[] _text;
    private readonly GlobProgram? _program;

    private PathPattern(ReadOnlySpan<byte> text, bool mayBeAbsolute)
    {
        IsNegated = text.StartsWith("!"u8);
        text = IsNegated ? text[1..] : text;
        int literal = text.IndexOfAny("*?[\\"u8);
        literal = literal < 0 ? text.Length : literal;
        IsForDirectories = text.EndsWith("/"u8);
        text = IsForDirectories ? text[..^1] : text;
        literal = Math.Min(literal, text.Length);
        IsAboutPath = text.Contains((byte)'/');
        if (text.StartsWith("/"u8))
        {
            IsAbsolute = mayBeAbsolute;
            text = text[1..];
            literal = Math.Max(literal - 1, 0);
        }
        IsEverything = !text.IsEmpty && !text.ContainsAnyExcept((byte)'*');
        _text = text.ToArray();
        _form = FormOf(text, literal);
        if (_form == Form.Suffix && !IsAboutPath)
        {
            _text = _text[1..];
        }
        else if (_form is Form.Glob or Form.Suffix)
        {
            _program = GlobProgram.TryCompile(text, IsAboutPath, literal);
            _form = _program is null ? Form.Broken : Form.Glob;
        }
        LastByte = _form switch
        {
            Form.Glob => _program!.LastByte,
            Form.Broken => null,
            _ => _text.Length == 0 ? null : _text[^1],
        };
    }

    private enum Form
    {
        Literal,
        Suffix,
        Glob,
        Broken,
    }

    /// <value>Whether it takes back what an earlier pattern says.</value>
    public bool IsNegated { get; }

    /// <value>Whether only directories match.</value>
    public bool IsForDirectories { get; }

    /// <value>Whether it is about a path, not about a name alone.</value>
    public bool IsAboutPath { get; }

    /// <value>Whether it is about a path from the root of the file system.</value>
    public bool IsAbsolute { get; }

    /// <value>Whether it is stars only, so that every name matches.</value>
    public bool IsEverything { get; }

    /// <value>The byte that every match ends with, if that is certain.</value>
    public byte? LastByte { get; }

    /// <value>Whether nothing can ever match: a mistake. Null if something can.</value>
    public string? ReasonWhyNever
    {
        get
        {
            if (_form == Form.Broken)
            {
                return "it has a '[' without a ']', an unknown class, or ends with a backslash";
            }
            if ((_form != Form.Literal && !IsAboutPath) || _text.Contains((byte)'['))
            {
                return null;
            }
            foreach (Range range in _text.AsSpan().Split((byte)'/'))
            {
                ReadOnlySpan<byte> part = _text.AsSpan()[range];
                if (part.IsEmpty)
                {
                    return _text.Length == 0 ? "it is empty" : "it has two slashes in a row";
                }
                if (part.SequenceEqual("."u8) || part.SequenceEqual(".."u8))
                {
                    return "no file is called '.' or '..': leave that part out, or give the whole path";
                }
            }
            return null;
        }
    }

    /// <summary>Reads a pattern.</summary>
    /// <param name="text">The pattern, to its last byte. What follows a zero byte does not count.</param>
    /// <param name="mayBeAbsolute">Whether a leading slash means the root of the file system, not the pattern's folder.</param>
    public static PathPattern Parse(ReadOnlySpan<byte> text, bool mayBeAbsolute)
    {
        int zero = text.IndexOf((byte)0);
        return new PathPattern(zero < 0 ? text : text[..zero], mayBeAbsolute);
    }

    /// <summary>Whether an entry matches.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="path">Its path: from the root of the file system if <see cref="IsAbsolute"/>, else from the pattern's folder.</param>
    /// <param name="isDirectory">Whether it is a directory; a link to one is none.</param>
    public bool Matches(ReadOnlySpan<byte> name, ReadOnlySpan<byte> path, bool isDirectory)
    {
        if (IsForDirectories && !isDirectory)
        {
            return false;
        }
        ReadOnlySpan<byte> subject = IsAboutPath ? path : name;
        return _form switch
        {
            Form.Literal => subject.SequenceEqual(_text),
            Form.Suffix => subject.EndsWith(_text),
            Form.Glob => _program!.Matches(subject),
            _ => false,
        };
    }

    private static Form FormOf(ReadOnlySpan<byte> text, int literalLength)
    {
        if (literalLength == text.Length)
        {
            return Form.Literal;
        }
        return text[0] == (byte)'*' && !text[1..].ContainsAny("*?[\\"u8) ? Form.Suffix : Form.Glob;
    }
}
