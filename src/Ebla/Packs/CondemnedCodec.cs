using System.Formats.Cbor;
using Ebla.Keys;
using Ebla.Primitives;

namespace Ebla.Packs;

/// <summary>
/// Condemned records: names of packs that a pruner will delete, and that no writer may rely on from then on (docs/format.md,
/// section "Condemned records").
/// </summary>
internal static class CondemnedCodec
{
    public const string SignatureKind = "condemned";

    /// <summary>Largest body: about a million names.</summary>
    public const int BodySizeInBytesMax = 48 << 20;

    /// <summary>Most names of one record.</summary>
    public const int NamesMax = 1 << 20;

    private const int FieldsMax = 64;
    private const uint PacksKey = 1;
    private const uint SnapshotsKey = 2;

    /// <summary>A new record.</summary>
    public static (ObjectName Name, byte[] Content) Seal(
        UnlockedKeys keys, IReadOnlyCollection<ObjectId> packs, IReadOnlyCollection<ObjectId> snapshots)
    {
        Invariant.Check(packs.Count <= NamesMax && snapshots.Count <= NamesMax - packs.Count);
        CborWriter writer = StrictCbor.CreateWriter();
        writer.WriteStartMap(2);
        WriteNames(writer, PacksKey, packs);
        WriteNames(writer, SnapshotsKey, snapshots);
        writer.WriteEndMap();
        return SignedObject.Seal(keys, ObjectKind.Condemned, SignatureKind, writer.Encode());
    }

    /// <summary>The packs that a record condemns.</summary>
    public static IReadOnlyList<ObjectId> OpenPacks(UnlockedKeys keys, ReadOnlySpan<byte> content) => Open(keys, content).Packs;

    /// <summary>The snapshots that a record says will be, or were, removed.</summary>
    public static IReadOnlyList<ObjectId> OpenSnapshots(UnlockedKeys keys, ReadOnlySpan<byte> content)
        => Open(keys, content).Snapshots;

    private static (ObjectId[] Packs, ObjectId[] Snapshots) Open(UnlockedKeys keys, ReadOnlySpan<byte> content)
    {
        byte[] body = SignedObject.Open(keys, ObjectKind.Condemned, SignatureKind, content, BodySizeInBytesMax);
        return StrictCbor.Decode(body, "Condemned record", reader =>
        {
            ObjectId[]? packs = null;
            ObjectId[]? snapshots = null;
            int count = StrictCbor.ReadMapHeader(reader, FieldsMax);
            for (int i = 0; i < count; i++)
            {
                uint key = reader.ReadUInt32();
                switch (key)
                {
                    case PacksKey: packs = ReadNames(reader); break;
                    case SnapshotsKey: snapshots = ReadNames(reader); break;
                    default: StrictCbor.SkipUnknown(reader, key, "Condemned record"); break;
                }
            }
            reader.ReadEndMap();
            return packs is not null && snapshots is not null && packs.Length <= NamesMax - snapshots.Length
                ? (packs, snapshots)
                : throw new CorruptDataException("Condemned record: names missing, or too many.");
        });
    }

    private static void WriteNames(CborWriter writer, uint key, IReadOnlyCollection<ObjectId> names)
    {
        writer.WriteUInt32(key);
        writer.WriteStartArray(names.Count);
        foreach (ObjectId name in names)
        {
            writer.WriteByteString(name.Value.ToArray());
        }
        writer.WriteEndArray();
    }

    private static ObjectId[] ReadNames(CborReader reader)
    {
        ObjectId[] names = new ObjectId[StrictCbor.ReadArrayHeader(reader, NamesMax)];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = ObjectId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes));
        }
        reader.ReadEndArray();
        return names;
    }
}
