using System.Formats.Cbor;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Notes;

/// <summary>Notes: signed objects with a CBOR map (docs/format.md, section "Notes").</summary>
internal static class NoteCodec
{
    public const string SignatureKind = "note";

    /// <summary>Largest body: the most names, at 69 bytes each, and what stands beside them.</summary>
    public const int BodySizeInBytesMax = 80 << 20;

    /// <summary>Most snapshots that one note names.</summary>
    public const int NamesMax = 1 << 20;

    /// <summary>Most writers that one note counts.</summary>
    public const int WritersMax = 4096;

    /// <summary>Largest policy.</summary>
    public const int PolicySizeInBytesMax = 1 << 20;

    private const int FieldsMax = 64;
    private const uint TypeKey = 1;
    private const uint NumberKey = 2;
    private const uint ForgottenKey = 3;
    private const uint RemainingKey = 4;
    private const uint PinnedKey = 5;
    private const uint WithdrawnKey = 6;
    private const uint PolicyKey = 7;
    private const uint RemovedKey = 8;

    /// <summary>A new note and its name.</summary>
    public static (ObjectName Name, byte[] Content) Seal(UnlockedKeys keys, Note note)
        => SignedObject.Seal(keys, ObjectKind.Note, SignatureKind, Encode(note));

    /// <summary>Opens a note whose hash has been checked against its name.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="content">The object.</param>
    /// <param name="signer">Who signed it. Whether the note counts depends on that member's role.</param>
    public static Note Open(UnlockedKeys keys, ReadOnlySpan<byte> content, out MemberId signer)
        => StrictCbor.Decode(
            SignedObject.Open(keys, ObjectKind.Note, SignatureKind, content, BodySizeInBytesMax, out signer), "Note", Read);

    /// <summary>The body. Lists are sorted.</summary>
    internal static byte[] Encode(Note note)
    {
        CborWriter writer = StrictCbor.CreateWriter();
        writer.WriteStartMap(note.Type == NoteType.Forgotten ? 4 : 3);
        writer.WriteUInt32(TypeKey);
        writer.WriteUInt32((uint)note.Type);
        writer.WriteUInt32(NumberKey);
        writer.WriteUInt64(note.Number);
        switch (note.Type)
        {
            case NoteType.Forgotten:
                WriteList(writer, ForgottenKey, note.Forgotten.OrderBy(one => one.Snapshot), NamesMax, one =>
                {
                    writer.WriteStartArray(3);
                    writer.WriteByteString(one.Snapshot.Value.ToArray());
                    writer.WriteByteString(one.Writer.ToArray());
                    writer.WriteUInt64(one.Sequence);
                    writer.WriteEndArray();
                });
                WriteList(writer, RemainingKey, note.Remaining.OrderBy(one => one.Writer.Value), WritersMax, one =>
                {
                    writer.WriteStartArray(2);
                    writer.WriteByteString(one.Writer.ToArray());
                    writer.WriteUInt64(one.Count);
                    writer.WriteEndArray();
                });
                break;
            case NoteType.Pinned:
                WriteList(writer, PinnedKey, note.Pinned.Order(), NamesMax, one => writer.WriteByteString(one.Value.ToArray()));
                break;
            case NoteType.Removed:
                WriteList(writer, RemovedKey, note.Removed.Order(), NamesMax, one => writer.WriteByteString(one.Value.ToArray()));
                break;
            case NoteType.Withdrawn:
                WriteList(writer, WithdrawnKey, note.Withdrawn.OrderBy(one => one.Snapshot).ThenBy(one => one.Note), NamesMax, one =>
                {
                    writer.WriteStartArray(2);
                    writer.WriteByteString(one.Note.Value.ToArray());
                    writer.WriteByteString(one.Snapshot.Value.ToArray());
                    writer.WriteEndArray();
                });
                break;
            default:
                Invariant.Check(note.Policy.Length <= PolicySizeInBytesMax);
                writer.WriteUInt32(PolicyKey);
                writer.WriteByteString(note.Policy.Span);
                break;
        }
        writer.WriteEndMap();
        return writer.Encode();
    }

    private static Note Read(CborReader reader)
    {
        NoteType type = 0;
        ulong? number = null;
        ForgottenSnapshot[]? forgotten = null;
        RemainingCount[]? remaining = null;
        ObjectId[]? pinned = null;
        Withdrawal[]? withdrawn = null;
        byte[]? policy = null;
        ObjectId[]? removed = null;
        int count = StrictCbor.ReadMapHeader(reader, FieldsMax);
        for (int i = 0; i < count; i++)
        {
            uint key = reader.ReadUInt32();
            switch (key)
            {
                case TypeKey: type = ReadType(reader); break;
                case NumberKey: number = reader.ReadUInt64(); break;
                case ForgottenKey:
                    forgotten = ReadList(reader, NamesMax, () => ReadTuple(reader, 3, () => new ForgottenSnapshot(
                        ReadId(reader), MemberId.Read(StrictCbor.ReadExactBytes(reader, MemberId.SizeInBytes)), reader.ReadUInt64())));
                    break;
                case RemainingKey:
                    remaining = ReadList(reader, WritersMax, () => ReadTuple(reader, 2, () => new RemainingCount(
                        MemberId.Read(StrictCbor.ReadExactBytes(reader, MemberId.SizeInBytes)), reader.ReadUInt64())));
                    break;
                case PinnedKey: pinned = ReadList(reader, NamesMax, () => ReadId(reader)); break;
                case WithdrawnKey:
                    withdrawn = ReadList(
                        reader, NamesMax, () => ReadTuple(reader, 2, () => new Withdrawal(ReadId(reader), ReadId(reader))));
                    break;
                case PolicyKey: policy = StrictCbor.ReadBytes(reader, PolicySizeInBytesMax); break;
                case RemovedKey: removed = ReadList(reader, NamesMax, () => ReadId(reader)); break;
                default: StrictCbor.SkipUnknown(reader, key, "Note"); break;
            }
        }
        reader.ReadEndMap();
        return number > 0
            && forgotten is { Length: > 0 } == (type == NoteType.Forgotten) && remaining is not null == (type == NoteType.Forgotten)
            && pinned is { Length: > 0 } == (type == NoteType.Pinned)
            && withdrawn is { Length: > 0 } == (type == NoteType.Withdrawn)
            && policy is { Length: > 0 } == (type == NoteType.Policy)
            && removed is { Length: > 0 } == (type == NoteType.Removed)
            ? new Note(type, number.Value)
            {
                Forgotten = forgotten ?? [],
                Remaining = remaining ?? [],
                Pinned = pinned ?? [],
                Withdrawn = withdrawn ?? [],
                Policy = policy,
                Removed = removed ?? [],
            }
            : throw new CorruptDataException("Note: fields missing, or of another type.");
    }

    private static NoteType ReadType(CborReader reader)
    {
        NoteType type = (NoteType)StrictCbor.ReadNumber(reader, byte.MaxValue);
        return type is >= NoteType.Forgotten and <= NoteType.Removed
            ? type
            : throw new UnsupportedFormatException($"A note of type {(byte)type} is not known to this version of Ebla.");
    }

    private static void WriteList<T>(CborWriter writer, uint key, IEnumerable<T> items, int countMax, Action<T> write)
    {
        T[] all = [.. items];
        Invariant.Check(all.Length <= countMax);
        writer.WriteUInt32(key);
        writer.WriteStartArray(all.Length);
        foreach (T item in all)
        {
            write(item);
        }
        writer.WriteEndArray();
    }

    private static T[] ReadList<T>(CborReader reader, int countMax, Func<T> read)
    {
        int count = StrictCbor.ReadArrayHeader(reader, countMax);
        List<T> items = new(Math.Min(count, 1024)); // The count is only claimed yet.
        for (int i = 0; i < count; i++)
        {
            items.Add(read());
        }
        reader.ReadEndArray();
        return [.. items];
    }

    private static T ReadTuple<T>(CborReader reader, int length, Func<T> read)
    {
        if (StrictCbor.ReadArrayHeader(reader, length) != length)
        {
            throw new CorruptDataException("Note: an entry is cut short.");
        }
        T value = read();
        reader.ReadEndArray();
        return value;
    }

    private static ObjectId ReadId(CborReader reader) => ObjectId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes));
}
