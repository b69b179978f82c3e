namespace Platform.Quotas;

/// <summary>Quotas are per UTC day.</summary>
internal static class QuotaDay
{
    public static DateOnly Today(this TimeProvider clock) => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    /// <summary>When the next day begins.</summary>
    public static DateTimeOffset End(this DateOnly day) => new(day.AddDays(1), TimeOnly.MinValue, TimeSpan.Zero);
}
