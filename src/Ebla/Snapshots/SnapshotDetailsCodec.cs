using System.Formats.Cbor;
using Ebla.Primitives;

namespace Ebla.Snapshots;

/// <summary>The sealed part of a snapshot: what only readers may know (docs/format.md, section "Snapshots").</summary>
internal static class SnapshotDetailsCodec
{
    private const int FieldsMax = 64;
    private const int FieldCount = 7;
    private const int NameSizeInBytesMax = 256;
    private const int PathSizeInBytesMax = 64 << 10;
    private const int PathsMax = 4096;

    // With everything else at its limit, too, the sealed part stays below its own.
    private const int PathsSizeInBytesMax = 512 << 10;

    private const int TagsMax = 256;
    private const int TagLengthMax = 256;
    private const int TextLengthMax = 4096;

    private const uint HostKey = 1;
    private const uint UserKey = 2;
    private const uint PathsKey = 3;
    private const uint TagsKey = 4;
    private const uint DescriptionKey = 5;
    private const uint ProgramKey = 6;
    private const uint SummaryKey = 7;
    private const uint OriginKey = 8;

    /// <summary>Refuses what a reader would refuse: before the work, so that it is not lost.</summary>
    /// <exception cref="UnsupportedFormatException">More or longer than the format holds.</exception>
    public static void CheckLimits(
        ByteName host, ByteName user, IReadOnlyList<ByteName> paths, IReadOnlyList<string> tags, string description, string program)
    {
        Require(host.Length <= NameSizeInBytesMax, "a host name", NameSizeInBytesMax, "bytes");
        Require(user.Length <= NameSizeInBytesMax, "a user name", NameSizeInBytesMax, "bytes");
        Require(paths.Count <= PathsMax, "the list of paths", PathsMax, "paths");
        Require(paths.Sum(path => (long)path.Length) <= PathsSizeInBytesMax, "the list of paths", PathsSizeInBytesMax, "bytes in all");
        Require(paths.All(path => path.Length <= PathSizeInBytesMax), "a path", PathSizeInBytesMax, "bytes");
        Require(tags.Count <= TagsMax, "the list of tags", TagsMax, "tags");
        Require(tags.All(tag => tag.Length <= TagLengthMax), "a tag", TagLengthMax, "characters");
        Require(description.Length <= TextLengthMax, "a description", TextLengthMax, "characters");
        Require(program.Length <= TagLengthMax, "a program name", TagLengthMax, "characters");
    }

    /// <summary>Whether so many paths fit into a snapshot.</summary>
    public static bool HasRoomFor(IReadOnlyList<ByteName> paths)
        => paths.Count <= PathsMax && paths.Sum(path => (long)path.Length) <= PathsSizeInBytesMax;

    public static byte[] Encode(Snapshot snapshot)
    {
        CheckLimits(
            snapshot.Host, snapshot.User, snapshot.Paths, snapshot.Tags, snapshot.Description, snapshot.Program);
        CborWriter writer = StrictCbor.CreateWriter(1024);
        writer.WriteStartMap(FieldCount + (snapshot.Origin is null ? 0 : 1));
        writer.WriteUInt32(HostKey);
        writer.WriteByteString(snapshot.Host.Span);
        writer.WriteUInt32(UserKey);
        writer.WriteByteString(snapshot.User.Span);
        writer.WriteUInt32(PathsKey);
        writer.WriteStartArray(snapshot.Paths.Count);
        foreach (ByteName path in snapshot.Paths)
        {
            writer.WriteByteString(path.Span);
        }
        writer.WriteEndArray();
        writer.WriteUInt32(TagsKey);
        writer.WriteStartArray(snapshot.Tags.Count);
        foreach (string tag in snapshot.Tags)
        {
            writer.WriteTextString(tag);
        }
        writer.WriteEndArray();
        writer.WriteUInt32(DescriptionKey);
        writer.WriteTextString(snapshot.Description);
        writer.WriteUInt32(ProgramKey);
        writer.WriteTextString(snapshot.Program);
        writer.WriteUInt32(SummaryKey);
        long[] counts = Counts(snapshot.Summary);
        writer.WriteStartArray(counts.Length);
        foreach (long count in counts)
        {
            Invariant.Check(count >= 0);
            writer.WriteUInt64((ulong)count);
        }
        writer.WriteEndArray();
        if (snapshot.Origin is { } origin)
        {
            writer.WriteUInt32(OriginKey);
            writer.WriteStartArray(2);
            writer.WriteByteString(origin.Repository.ToArray());
            writer.WriteByteString(origin.Snapshot.Value.ToArray());
            writer.WriteEndArray();
        }
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>Completes a snapshot with its sealed part.</summary>
    public static Snapshot Decode(Snapshot catalogPart, ReadOnlyMemory<byte> details)
        => StrictCbor.Decode(details, "Snapshot", reader =>
        {
            Snapshot snapshot = catalogPart;
            int count = StrictCbor.ReadMapHeader(reader, FieldsMax);
            int known = 0;
            for (int i = 0; i < count; i++)
            {
                uint key = reader.ReadUInt32();
                known += key < StrictCbor.OptionalKeyMin ? 1 : 0;
                snapshot = ReadField(reader, key, snapshot);
            }
            reader.ReadEndMap();
            return known == FieldCount + (snapshot.Origin is null ? 0 : 1) ? snapshot : throw new CorruptDataException("Snapshot: fields missing.");
        });

    private static Snapshot ReadField(CborReader reader, uint key, Snapshot snapshot)
    {
        switch (key)
        {
            case HostKey: return snapshot with { Host = new ByteName(StrictCbor.ReadBytes(reader, NameSizeInBytesMax)) };
            case UserKey: return snapshot with { User = new ByteName(StrictCbor.ReadBytes(reader, NameSizeInBytesMax)) };
            case PathsKey:
                return snapshot with
                {
                    Paths = ReadArray(reader, PathsMax, () => new ByteName(StrictCbor.ReadBytes(reader, PathSizeInBytesMax))),
                };
            case TagsKey:
                return snapshot with { Tags = ReadArray(reader, TagsMax, () => StrictCbor.ReadText(reader, TagLengthMax)) };
            case DescriptionKey: return snapshot with { Description = StrictCbor.ReadText(reader, TextLengthMax) };
            case ProgramKey: return snapshot with { Program = StrictCbor.ReadText(reader, TagLengthMax) };
            case SummaryKey:
                return snapshot with
                {
                    Summary = ToSummary(ReadArray(reader, FieldsMax, () => (long)StrictCbor.ReadNumber(reader, long.MaxValue))),
                };
            case OriginKey: return snapshot with { Origin = ReadOrigin(reader) };
            default:
                StrictCbor.SkipUnknown(reader, key, "Snapshot");
                return snapshot;
        }
    }

    private static SnapshotOrigin ReadOrigin(CborReader reader)
    {
        if (StrictCbor.ReadArrayHeader(reader, 2) != 2)
        {
            throw new CorruptDataException("Snapshot: an origin without two members.");
        }
        SnapshotOrigin origin = new(
            RepositoryId.Read(StrictCbor.ReadExactBytes(reader, RepositoryId.SizeInBytes)),
            ObjectId.Read(StrictCbor.ReadExactBytes(reader, Hash256.SizeInBytes)));
        reader.ReadEndArray();
        return origin;
    }

    private static void Require(bool condition, string what, int max, string unit)
    {
        if (!condition)
        {
            throw new UnsupportedFormatException($"A snapshot cannot hold {what} of more than {max} {unit}.");
        }
    }

    private static T[] ReadArray<T>(CborReader reader, int countMax, Func<T> read)
    {
        T[] items = new T[StrictCbor.ReadArrayHeader(reader, countMax)];
        for (int i = 0; i < items.Length; i++)
        {
            items[i] = read();
        }
        reader.ReadEndArray();
        return items;
    }

    private static long[] Counts(SnapshotSummary summary) =>
    [
        summary.Files, summary.Directories, summary.Others, summary.SizeInBytes,
        summary.AddedInBytes, summary.StoredInBytes, summary.Errors, summary.SentinelPosition,
    ];

    // Later versions may count more: at the end.
    private static SnapshotSummary ToSummary(long[] counts) => counts.Length >= 7
        ? new SnapshotSummary
        {
            Files = counts[0],
            Directories = counts[1],
            Others = counts[2],
            SizeInBytes = counts[3],
            AddedInBytes = counts[4],
            StoredInBytes = counts[5],
            Errors = counts[6],
            SentinelPosition = counts.Length > 7 ? counts[7] : 0,
        }
        : throw new CorruptDataException("Snapshot: counts missing.");
}
