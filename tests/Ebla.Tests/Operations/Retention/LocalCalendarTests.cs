using Ebla.Notes;
using Ebla.Operations.Retention;
using Ebla.Primitives;
using Xunit;

namespace Ebla.Tests.Operations.Retention;

public sealed class LocalCalendarTests
{
    [Theory]
    // A day of 25 hours is one day, one of 23 too.
    [InlineData("Europe/Berlin", "Day", "2025-10-25T22:00:00Z", "2025-10-26T22:59:59Z", true)]
    [InlineData("Europe/Berlin", "Day", "2025-10-26T22:59:59Z", "2025-10-26T23:00:00Z", false)]
    [InlineData("Europe/Berlin", "Day", "2025-03-29T23:00:00Z", "2025-03-30T21:59:59Z", true)]
    [InlineData("Europe/Berlin", "Day", "2025-03-29T22:59:59Z", "2025-03-29T23:00:00Z", false)]
    // The clock shows 02:30 twice: two hours.
    [InlineData("Europe/Berlin", "Hour", "2025-10-26T00:30:00Z", "2025-10-26T01:30:00Z", false)]
    [InlineData("Europe/Berlin", "Hour", "2025-10-26T00:00:00Z", "2025-10-26T00:59:59Z", true)]
    // Put back from midnight to 23:00: Saturday has the hour twice, and is one day. Put forward at midnight: the day begins at one.
    [InlineData("America/Sao_Paulo", "Day", "2019-02-17T01:59:59Z", "2019-02-17T02:30:00Z", true)]
    [InlineData("America/Sao_Paulo", "Day", "2019-02-17T02:59:59Z", "2019-02-17T03:00:00Z", false)]
    [InlineData("America/Sao_Paulo", "Hour", "2019-02-17T01:30:00Z", "2019-02-17T02:30:00Z", false)]
    [InlineData("America/Sao_Paulo", "Day", "2018-11-04T02:59:59Z", "2018-11-04T03:00:00Z", false)]
    [InlineData("America/Sao_Paulo", "Day", "2018-11-04T03:00:00Z", "2018-11-05T01:59:59Z", true)]
    // Half an hour back from 02:00 to 01:30: the half hour from 01:30 comes twice.
    [InlineData("Australia/Lord_Howe", "Hour", "2025-04-05T14:45:00Z", "2025-04-05T15:15:00Z", false)]
    [InlineData("Australia/Lord_Howe", "Hour", "2025-04-05T14:00:00Z", "2025-04-05T14:59:59Z", true)]
    [InlineData("Australia/Lord_Howe", "Day", "2025-04-05T13:00:00Z", "2025-04-06T13:29:59Z", true)]
    [InlineData("Australia/Lord_Howe", "Day", "2025-04-06T13:29:59Z", "2025-04-06T13:30:00Z", false)]
    // An offset of 5:45: hours begin at a quarter past those of UTC.
    [InlineData("Asia/Kathmandu", "Hour", "2025-01-01T00:15:00Z", "2025-01-01T01:14:59Z", true)]
    [InlineData("Asia/Kathmandu", "Hour", "2025-01-01T00:14:59Z", "2025-01-01T00:15:00Z", false)]
    [InlineData("Asia/Kathmandu", "Day", "2025-01-01T18:14:59Z", "2025-01-01T18:15:00Z", false)]
    [InlineData("Asia/Kathmandu", "Year", "2024-12-31T18:14:59Z", "2024-12-31T18:15:00Z", false)]
    // A day that is not there.
    [InlineData("Pacific/Apia", "Day", "2011-12-30T09:59:59Z", "2011-12-30T10:00:00Z", false)]
    // ISO weeks: Monday 2024-12-30 begins week 1 of 2025.
    [InlineData("UTC", "Week", "2024-12-29T23:59:59Z", "2024-12-30T00:00:00Z", false)]
    [InlineData("UTC", "Week", "2024-12-30T00:00:00Z", "2025-01-05T23:59:59Z", true)]
    [InlineData("UTC", "Month", "2024-02-29T23:59:59Z", "2024-03-01T00:00:00Z", false)]
    // Before 1970, where seconds are negative.
    [InlineData("UTC", "Day", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z", false)]
    [InlineData("UTC", "Hour", "1969-12-31T23:00:00Z", "1969-12-31T23:59:59Z", true)]
    [InlineData("UTC", "Year", "1901-01-01T00:00:00Z", "1901-12-31T23:59:59Z", true)]
    [InlineData("Europe/Berlin", "Day", "1960-06-01T23:00:00Z", "1960-06-02T22:59:59Z", true)]
    public void Two_times_are_in_one_period_as_the_clock_on_the_wall_says(
        string zone, string period, string left, string right, bool isSame)
    {
        LocalCalendar calendar = new(TimeZoneInfo.FindSystemTimeZoneById(zone));
        RetentionPeriod of = Enum.Parse<RetentionPeriod>(period);
        Assert.Equal(
            isSame, calendar.KeyOf(of, RetentionFixture.At(left)) == calendar.KeyOf(of, RetentionFixture.At(right)));
    }

    [Theory]
    [InlineData("UTC", "2025-03-31T12:00:00Z", "1m", "2025-02-28T12:00:00Z")]
    [InlineData("UTC", "2024-02-29T00:00:00Z", "1y", "2023-02-28T00:00:00Z")]
    [InlineData("UTC", "2025-01-01T00:00:00Z", "1d1h", "2024-12-30T23:00:00Z")]
    // From summer time back into it over the winter: the same time on the clock.
    [InlineData("Europe/Berlin", "2025-10-26T12:00:00Z", "1d", "2025-10-25T11:00:00Z")]
    [InlineData("Europe/Berlin", "2025-10-26T12:00:00Z", "24h", "2025-10-25T12:00:00Z")]
    // 02:30 does not exist on 30 March; on 26 October it exists twice. The earlier, so that more is kept.
    [InlineData("Europe/Berlin", "2025-03-31T00:30:00Z", "1d", "2025-03-30T00:30:00Z")]
    [InlineData("Europe/Berlin", "2025-10-27T01:30:00Z", "1d", "2025-10-26T00:30:00Z")]
    [InlineData("Australia/Lord_Howe", "2025-04-06T15:15:00Z", "1d", "2025-04-05T14:45:00Z")]
    [InlineData("UTC", "1970-01-02T00:00:00Z", "2d", "1969-12-31T00:00:00Z")]
    [InlineData("UTC", "2025-01-01T00:00:00Z", "80000y", "0002-01-01T00:00:00Z")]
    public void Going_back_follows_the_calendar(string zone, string from, string span, string expected)
    {
        LocalCalendar calendar = new(TimeZoneInfo.FindSystemTimeZoneById(zone));
        Assert.Equal(
            RetentionFixture.At(expected), calendar.Before(RetentionFixture.At(from), CalendarSpan.TryParse(span)!.Value));
    }

    [Fact]
    public void Times_that_no_calendar_has_do_no_harm()
    {
        LocalCalendar calendar = new(TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"));
        foreach (long seconds in (long[])[long.MinValue, long.MinValue + 1, -62_135_596_800, 253_402_300_799, long.MaxValue])
        {
            UnixTime time = new(seconds, 999_999_999);
            foreach (RetentionPeriod period in Enum.GetValues<RetentionPeriod>())
            {
                _ = calendar.KeyOf(period, time);
                Assert.NotEmpty(calendar.NameOf(period, time));
            }
            _ = calendar.Before(time, new CalendarSpan(CalendarSpan.PartMax, CalendarSpan.PartMax, CalendarSpan.PartMax));
        }
    }

    [Theory]
    [InlineData("30d", 0, 30, 0)]
    [InlineData("2w", 0, 14, 0)]
    [InlineData("1y6m", 18, 0, 0)]
    [InlineData("1y2m3w4d5h", 14, 25, 5)]
    [InlineData("12h", 0, 0, 12)]
    public void Spans_are_read_as_people_write_them(string text, int months, int days, int hours)
    {
        CalendarSpan span = CalendarSpan.TryParse(text)!.Value;
        Assert.Equal(new CalendarSpan(months, days, hours), span);
        Assert.Equal(span, CalendarSpan.TryParse(span.ToString()));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0d")]
    [InlineData("5")]
    [InlineData("d")]
    [InlineData("-5d")]
    [InlineData("5d5d")]
    [InlineData("5h5d")]
    [InlineData("5s")]
    [InlineData("1.5d")]
    [InlineData("1000001d")]
    [InlineData("99999999999999999999d")]
    [InlineData("5 d")]
    public void What_is_no_span_is_refused(string text) => Assert.Null(CalendarSpan.TryParse(text));
}
