using System.Formats.Cbor;
using Ebla.Primitives;

namespace Ebla.Notes;

/// <summary>Retention policies as notes hold them (docs/format.md, section "Policies").</summary>
internal static class RetentionPolicyCodec
{
    /// <summary>Most tags.</summary>
    public const int TagsMax = 256;

    /// <summary>Longest tag or name of a time zone, in UTF-16 units.</summary>
    public const int TextLengthMax = 256;

    private const int FieldsMax = 64;
    private const uint LastKey = 1;
    private const uint HourlyKey = 2;
    private const uint DailyKey = 3;
    private const uint WeeklyKey = 4;
    private const uint MonthlyKey = 5;
    private const uint YearlyKey = 6;
    private const uint WithinKey = 7;
    private const uint WithinHourlyKey = 8;
    private const uint WithinDailyKey = 9;
    private const uint WithinWeeklyKey = 10;
    private const uint WithinMonthlyKey = 11;
    private const uint WithinYearlyKey = 12;
    private const uint TagsKey = 13;
    private const uint GroupingKey = 14;
    private const uint TimeZoneKey = 15;

    private const RetentionGrouping GroupingMax = RetentionGrouping.Host | RetentionGrouping.Paths | RetentionGrouping.Tags;

    /// <summary>Encodes a policy; null, or one without a rule, says that there is none.</summary>
    /// <exception cref="UnsupportedFormatException">More or longer than the format holds.</exception>
    public static byte[] Encode(RetentionPolicy? policy)
    {
        CborWriter writer = StrictCbor.CreateWriter();
        if (policy is not { HasRules: true })
        {
            writer.WriteStartMap(0);
            writer.WriteEndMap();
            return writer.Encode();
        }
        CheckLimits(policy);
        SortedDictionary<uint, Action> fields = [];
        for (int i = 0; i < policy.Counts.Count; i++)
        {
            if (policy.Counts[i] is > 0 and int count)
            {
                fields.Add(LastKey + (uint)i, () => writer.WriteInt32(count));
            }
            if (policy.Spans[i] is { } span)
            {
                fields.Add(WithinKey + (uint)i, () => WriteSpan(writer, span));
            }
        }
        if (policy.KeepTags.Count > 0)
        {
            fields.Add(TagsKey, () => WriteTags(writer, policy.KeepTags));
        }
        fields.Add(GroupingKey, () => writer.WriteInt32((int)policy.Grouping));
        if (policy.TimeZone is { } zone)
        {
            fields.Add(TimeZoneKey, () => writer.WriteTextString(zone));
        }
        writer.WriteStartMap(fields.Count);
        foreach ((uint key, Action write) in fields)
        {
            writer.WriteUInt32(key);
            write();
        }
        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>Decodes a policy; null if it says that there is none.</summary>
    /// <exception cref="UnsupportedFormatException">It has a rule that this version does not know.</exception>
    public static RetentionPolicy? Decode(ReadOnlyMemory<byte> source)
    {
        RetentionPolicy policy = StrictCbor.Decode(source, "Retention policy", Read);
        return policy.HasRules ? policy : null;
    }

    private static RetentionPolicy Read(CborReader reader)
    {
        RetentionPolicy policy = new();
        int count = StrictCbor.ReadMapHeader(reader, FieldsMax);
        for (int i = 0; i < count; i++)
        {
            uint key = reader.ReadUInt32();
            policy = key switch
            {
                LastKey => policy with { KeepLast = ReadCount(reader) },
                HourlyKey => policy with { KeepHourly = ReadCount(reader) },
                DailyKey => policy with { KeepDaily = ReadCount(reader) },
                WeeklyKey => policy with { KeepWeekly = ReadCount(reader) },
                MonthlyKey => policy with { KeepMonthly = ReadCount(reader) },
                YearlyKey => policy with { KeepYearly = ReadCount(reader) },
                WithinKey => policy with { KeepWithin = ReadSpan(reader) },
                WithinHourlyKey => policy with { KeepWithinHourly = ReadSpan(reader) },
                WithinDailyKey => policy with { KeepWithinDaily = ReadSpan(reader) },
                WithinWeeklyKey => policy with { KeepWithinWeekly = ReadSpan(reader) },
                WithinMonthlyKey => policy with { KeepWithinMonthly = ReadSpan(reader) },
                WithinYearlyKey => policy with { KeepWithinYearly = ReadSpan(reader) },
                TagsKey => policy with { KeepTags = ReadTags(reader) },
                GroupingKey => policy with { Grouping = (RetentionGrouping)StrictCbor.ReadNumber(reader, (ulong)GroupingMax) },
                TimeZoneKey => policy with { TimeZone = StrictCbor.ReadText(reader, TextLengthMax) },
                // Never passed over: it may be the rule that keeps a snapshot.
                _ => throw new UnsupportedFormatException(
                    $"The retention policy has a rule {key} that this version of Ebla does not know. Use a newer version."),
            };
        }
        reader.ReadEndMap();
        return policy;
    }

    private static void CheckLimits(RetentionPolicy policy)
    {
        if (policy.KeepTags.Count > TagsMax || policy.KeepTags.Any(tag => tag.Length > TextLengthMax)
            || policy.TimeZone is { Length: > TextLengthMax })
        {
            throw new UnsupportedFormatException(
                $"A policy holds at most {TagsMax} tags; a tag, and the name of a time zone, at most {TextLengthMax} characters.");
        }
        Invariant.Check(policy.Counts.All(count => count >= 0) && policy.Spans.All(span => span is not { IsValid: false })
            && (policy.Grouping & ~GroupingMax) == 0);
    }

    private static void WriteSpan(CborWriter writer, CalendarSpan span)
    {
        writer.WriteStartArray(3);
        writer.WriteInt32(span.Months);
        writer.WriteInt32(span.Days);
        writer.WriteInt32(span.Hours);
        writer.WriteEndArray();
    }

    private static void WriteTags(CborWriter writer, IReadOnlyList<string> tags)
    {
        writer.WriteStartArray(tags.Count);
        foreach (string tag in tags)
        {
            writer.WriteTextString(tag);
        }
        writer.WriteEndArray();
    }

    private static int ReadCount(CborReader reader) => StrictCbor.ReadNumber(reader, int.MaxValue) is > 0 and ulong count
        ? (int)count
        : throw new CorruptDataException("Retention policy: a rule that keeps none.");

    private static CalendarSpan ReadSpan(CborReader reader)
    {
        if (StrictCbor.ReadArrayHeader(reader, 3) != 3)
        {
            throw new CorruptDataException("Retention policy: a span is cut short.");
        }
        CalendarSpan span = new(ReadPart(), ReadPart(), ReadPart());
        reader.ReadEndArray();
        return span.IsValid ? span : throw new CorruptDataException("Retention policy: a span without a length.");

        int ReadPart() => (int)StrictCbor.ReadNumber(reader, CalendarSpan.PartMax);
    }

    private static string[] ReadTags(CborReader reader)
    {
        string[] tags = new string[StrictCbor.ReadArrayHeader(reader, TagsMax)];
        for (int i = 0; i < tags.Length; i++)
        {
            tags[i] = StrictCbor.ReadText(reader, TextLengthMax);
        }
        reader.ReadEndArray();
        return tags;
    }
}
