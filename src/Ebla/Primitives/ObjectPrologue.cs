using System.Buffers.Binary;

namespace Ebla.Primitives;

// OBJECT PROLOGUE, version 1 (docs/format.md, "Object prologue")
//   0 magic "EBLA" | 4 kind u8 | 5 version u8 = 1 | 6 reserved u16 = 0 | 8 repository id 16

/// <summary>
/// The first 24 bytes of every stored object except the header: what it is and to which repository it belongs.
/// </summary>
public readonly record struct ObjectPrologue(ObjectKind Kind, RepositoryId Repository)
{
    /// <summary>Size of the binary form.</summary>
    public const int SizeInBytes = 24;

    /// <summary>The only version there is.</summary>
    public const byte Version = 1;

    private static ReadOnlySpan<byte> Magic => "EBLA"u8;

    /// <summary>Writes 24 bytes to the start of <paramref name="destination"/>.</summary>
    public void Write(Span<byte> destination)
    {
        Magic.CopyTo(destination);
        destination[4] = (byte)Kind;
        destination[5] = Version;
        BinaryPrimitives.WriteUInt16LittleEndian(destination[6..], 0);
        Repository.Write(destination[8..]);
    }

    /// <summary>Checks that <paramref name="source"/> begins with exactly this prologue.</summary>
    /// <exception cref="CorruptDataException">It is no object of Ebla, of another kind, or of another
    /// repository.</exception>
    /// <exception cref="UnsupportedFormatException">A newer version of Ebla wrote it.</exception>
    public void Check(ReadOnlySpan<byte> source)
    {
        if (source.Length < SizeInBytes)
        {
            throw new CorruptDataException($"The object is cut short: {source.Length} bytes.");
        }
        if (!source.StartsWith(Magic))
        {
            throw new CorruptDataException("The object does not begin with the mark of Ebla.");
        }
        if (source[5] > Version)
        {
            throw new UnsupportedFormatException(
                $"The object has version {source[5]}: it was written by a newer version of Ebla.");
        }
        if (source[5] != Version || BinaryPrimitives.ReadUInt16LittleEndian(source[6..]) != 0)
        {
            throw new CorruptDataException("The object's prologue is not valid.");
        }
        if (source[4] != (byte)Kind)
        {
            throw new CorruptDataException($"The object is of kind {source[4]}, not {(byte)Kind} ({Kind}).");
        }
        RepositoryId repository = RepositoryId.Read(source[8..]);
        if (repository != Repository)
        {
            throw new CorruptDataException($"The object belongs to another repository ({repository}).");
        }
    }
}
