namespace Ebla.Operations.Retention;

/// <summary>A period of which one snapshot is kept.</summary>
internal enum RetentionPeriod
{
    /// <summary>As the clock shows it; a repeated hour is another one.</summary>
    Hour,

    /// <summary>From midnight to midnight, of 23, 24 or 25 hours.</summary>
    Day,

    /// <summary>From Monday to Sunday.</summary>
    Week,

    /// <summary>A calendar month.</summary>
    Month,

    /// <summary>A calendar year.</summary>
    Year,
}
