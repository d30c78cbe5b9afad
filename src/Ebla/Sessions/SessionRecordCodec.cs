using System.Formats.Cbor;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Sessions;

/// <summary>Session objects: signed objects with a small CBOR map (docs/format.md, section "Sessions").</summary>
internal static class SessionRecordCodec
{
    public const string SignatureKind = "session";

    /// <summary>Largest body: an intent holds a whole snapshot object.</summary>
    public const int BodySizeInBytesMax = (4 << 20) + 1024;

    private const int SnapshotSizeInBytesMax = 4 << 20;
    private const int FieldsMax = 64;
    private const uint TypeKey = 1;
    private const uint SessionKey = 2;
    private const uint WriterKey = 3;
    private const uint NumberKey = 4;
    private const uint SnapshotKey = 5;
    private const uint KnownKey = 6;

    /// <summary>A new session object and its name.</summary>
    public static (ObjectName Name, byte[] Content) Seal(UnlockedKeys keys, SessionRecord record)
    {
        bool isIntent = record.Type == SessionRecordType.Intent;
        Invariant.Check(record.Known.Count <= SessionRecord.KnownMax);
        CborWriter writer = StrictCbor.CreateWriter();
        writer.WriteStartMap(4 + (isIntent ? 1 : 0) + (record.Known.Count > 0 ? 1 : 0));
        writer.WriteUInt32(TypeKey);
        writer.WriteUInt32((uint)record.Type);
        writer.WriteUInt32(SessionKey);
        writer.WriteByteString(record.Session.ToArray());
        writer.WriteUInt32(WriterKey);
        writer.WriteByteString(record.Writer.ToArray());
        writer.WriteUInt32(NumberKey);
        writer.WriteUInt64(record.Number);
        if (isIntent)
        {
            writer.WriteUInt32(SnapshotKey);
            writer.WriteByteString(record.Snapshot.Span);
        }
        if (record.Known.Count > 0)
        {
            writer.WriteUInt32(KnownKey);
            writer.WriteStartArray(record.Known.Count);
            foreach (ObjectId id in record.Known)
            {
                writer.WriteByteString(id.Value.ToArray());
            }
            writer.WriteEndArray();
        }
        writer.WriteEndMap();
        return SignedObject.Seal(keys, ObjectKind.Session, SignatureKind, writer.Encode());
    }

    /// <summary>Opens a session object whose hash has been checked against its name.</summary>
    public static SessionRecord Open(UnlockedKeys keys, ReadOnlySpan<byte> content)
    {
        byte[] body = SignedObject.Open(keys, ObjectKind.Session, SignatureKind, content, BodySizeInBytesMax, out MemberId signer);
        SessionRecord record = StrictCbor.Decode(body, "Session record", Read);
        // A fence is signed by whoever fences, and names the one who is fenced.
        return record.Writer == signer || record.Type == SessionRecordType.Fence
            ? record
            : throw new CorruptDataException("Session record: signed by another member than it says.");
    }

    private static SessionRecord Read(CborReader reader)
    {
        SessionRecordType type = 0;
        SessionId? session = null;
        MemberId? writer = null;
        ulong? number = null;
        byte[]? snapshot = null;
        ObjectId[] known = [];
        int count = StrictCbor.ReadMapHeader(reader, FieldsMax);
        for (int i = 0; i < count; i++)
        {
            uint key = reader.ReadUInt32();
            switch (key)
            {
                case TypeKey: type = (SessionRecordType)StrictCbor.ReadNumber(reader, byte.MaxValue); break;
                case SessionKey: session = SessionId.Read(StrictCbor.ReadExactBytes(reader, SessionId.SizeInBytes)); break;
                case WriterKey: writer = MemberId.Read(StrictCbor.ReadExactBytes(reader, MemberId.SizeInBytes)); break;
                case NumberKey: number = reader.ReadUInt64(); break;
                case SnapshotKey: snapshot = StrictCbor.ReadBytes(reader, SnapshotSizeInBytesMax); break;
                case KnownKey: known = ReadKnown(reader); break;
                default: StrictCbor.SkipUnknown(reader, key, "Session record"); break;
            }
        }
        reader.ReadEndMap();
        if (type is < SessionRecordType.Announcement or > SessionRecordType.Ended)
        {
            throw new UnsupportedFormatException($"A session record of type {(byte)type} is not known to this version of Ebla.");
        }
        return session is not null && writer is not null && snapshot is not null == (type == SessionRecordType.Intent)
            && snapshot is not { Length: 0 } && number is not null && number > 0 == (type == SessionRecordType.Heartbeat)
            && (known.Length == 0 || type == SessionRecordType.Heartbeat)
            ? new SessionRecord(type, session.Value, writer.Value, number.Value, snapshot) { Known = known }
            : throw new CorruptDataException("Session record: fields missing.");
    }

    private static ObjectId[] ReadKnown(CborReader reader)
    {
        ObjectId[] known = new ObjectId[StrictCbor.ReadArrayHeader(reader, SessionRecord.KnownMax)];
        for (int i = 0; i < known.Length; i++)
        {
            known[i] = ObjectId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes));
        }
        reader.ReadEndArray();
        return known;
    }
}
