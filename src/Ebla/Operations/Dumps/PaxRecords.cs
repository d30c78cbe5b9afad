using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Ebla.Primitives;

namespace Ebla.Operations.Dumps;

/// <summary>The records of an extended header (POSIX.1-2001, "pax Extended Header"): what the header block has no room for.</summary>
internal sealed class PaxRecords
{
    private readonly ArrayBufferWriter<byte> _records = new();

    public bool IsEmpty => _records.WrittenCount == 0;

    public ReadOnlySpan<byte> Bytes => _records.WrittenSpan;

    public bool IsText { get; private set; } = true;

    /// <summary>Text as raw bytes: what is not UTF-8 is stored as it is.</summary>
    public void Add(string key, ReadOnlySpan<byte> value)
    {
        IsText = IsText && (key.StartsWith("SCHILY.", StringComparison.Ordinal) || Utf8.IsValid(value));
        Append(Encoding.UTF8.GetBytes(key), value);
    }

    public void Add(string key, long value) => Add(key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Seconds with nanoseconds.</summary>
    public void Add(string key, UnixTime time)
    {
        // The fraction counts away from zero: -1.5 is two seconds before and half a second after.
        bool isMixed = time is { Seconds: < 0, Nanoseconds: > 0 };
        Int128 seconds = isMixed ? (Int128)time.Seconds + 1 : time.Seconds;
        int nanoseconds = isMixed ? UnixTime.NanosecondsPerSecond - time.Nanoseconds : time.Nanoseconds;
        string sign = isMixed && seconds == 0 ? "-" : "";
        string text = nanoseconds == 0
            ? seconds.ToString(CultureInfo.InvariantCulture)
            : $"{sign}{seconds.ToString(CultureInfo.InvariantCulture)}.{nanoseconds:D9}";
        Add(key, Encoding.ASCII.GetBytes(text));
    }

    /// <summary>An extended attribute, as star, GNU tar and libarchive know them.</summary>
    public void Add(ExtendedAttribute attribute)
    {
        // "=" ends a key: GNU tar's way out.
        List<byte> key = [.. "SCHILY.xattr."u8];
        foreach (byte value in attribute.Name.Span)
        {
            key.AddRange(value switch
            {
                (byte)'%' => "%25"u8,
                (byte)'=' => "%3D"u8,
                _ => [value],
            });
        }
        Append([.. key], attribute.Value.Span);
    }

    /// <summary>Adds all of other records.</summary>
    public void Append(PaxRecords other) => _records.Write(other.Bytes);

    // "LENGTH KEY=VALUE\n", where the length counts itself.
    private void Append(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        int rest = 1 + key.Length + 1 + value.Length + 1;
        int length = rest + 1;
        while (length != rest + Digits(length))
        {
            length = rest + Digits(length);
        }
        _records.Write(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        _records.Write(" "u8);
        _records.Write(key);
        _records.Write("="u8);
        _records.Write(value);
        _records.Write("\n"u8);

        static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;
    }
}
