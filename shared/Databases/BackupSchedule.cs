using System.ComponentModel.DataAnnotations;
using System.Globalization;

namespace Platform.Databases;

public enum BackupFrequency
{
    Hourly,
    Daily,
    Weekly,
    Monthly,
}

/// <summary>What became of the last backup of a schedule.</summary>
public enum ScheduledBackupStatus
{
    Pending,
    Completed,
    Failed,

    /// <summary>Something else was being done with the database.</summary>
    Skipped,
}

/// <summary>When backups are made by themselves, and how long they are kept.</summary>
/// <param name="Cron">Five fields, in <paramref name="Timezone"/>.</param>
/// <param name="RetentionCount">Scheduled backups that are kept.</param>
/// <param name="RetentionDays">Days that each is kept.</param>
public sealed record BackupSchedule(bool Enabled, string Cron, string Timezone, int RetentionCount, int RetentionDays)
{
    public static readonly BackupSchedule Default = new(Enabled: false, "0 3 * * *", "UTC", RetentionCount: 7, RetentionDays: 30);

    /// <summary>The next so many times after <paramref name="now"/>.</summary>
    public IEnumerable<DateTimeOffset> After(DateTimeOffset now, int count)
    {
        if (CronExpression.Parse(Cron) is not { } cron || !TimeZoneInfo.TryFindSystemTimeZoneById(Timezone, out var zone))
            yield break;
        for (var next = cron.After(now, zone); next is { } time && count-- > 0; next = cron.After(time, zone))
            yield return time;
    }

    public BackupSchedule With(BackupScheduleChange change) => new(
        change.Enabled ?? Enabled, change.ToCron() ?? Cron, change.Timezone ?? Timezone, change.RetentionCount ?? RetentionCount, change.RetentionDays ?? RetentionDays);
}

/// <summary>Body of <c>PATCH /api/databases/{databaseId}/backup-schedule</c>, and a member where a database is created or changed: absent members stay as they are.</summary>
public sealed record BackupScheduleChange : IValidatableObject
{
    private const int Compared = 200;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(15);

    public bool? Enabled { get; init; }

    /// <summary>Five fields: minute, hour, day of month, month, day of week; runs at least 15 minutes apart.</summary>
    [StringLength(100, MinimumLength = 1)]
    public string? Cron { get; init; }

    /// <summary>Instead of <c>cron</c>.</summary>
    public BackupFrequency? Frequency { get; init; }

    /// <summary>HH:mm, with <c>frequency</c>; of an hourly schedule the minutes count.</summary>
    [RegularExpression("([01][0-9]|2[0-3]):[0-5][0-9]")]
    public string? Time { get; init; }

    /// <summary>0 is Sunday.</summary>
    [Range(0, 6)]
    public int? DayOfWeek { get; init; }

    [Range(1, 28)]
    public int? DayOfMonth { get; init; }

    /// <summary>IANA name.</summary>
    [TimeZoneName]
    public string? Timezone { get; init; }

    /// <summary>Scheduled backups that are kept.</summary>
    [Range(1, 100)]
    public int? RetentionCount { get; init; }

    /// <summary>Days that each is kept.</summary>
    [Range(1, 365)]
    public int? RetentionDays { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (this == new BackupScheduleChange())
            yield return new ValidationResult("At least one member should be given");
        if (Cron is not null && Frequency is not null)
            yield return new ValidationResult("Either cron or frequency should be given", [nameof(Cron)]);
        if (Frequency is null && (Time is not null || DayOfWeek is not null || DayOfMonth is not null))
            yield return new ValidationResult("Field required with time, dayOfWeek and dayOfMonth", [nameof(Frequency)]);
        if (Cron is null)
            yield break;
        if (CronExpression.Parse(Cron) is null)
            yield return new ValidationResult("Not a cron expression of five fields (minute hour day month weekday) that ever comes", [nameof(Cron)]);
        else if (IsTooOften(Cron))
            yield return new ValidationResult("Runs should be at least 15 minutes apart", [nameof(Cron)]);
    }

    /// <summary>Null when neither cron nor frequency is given.</summary>
    public string? ToCron()
    {
        var time = TimeOnly.ParseExact(Time ?? "03:00", "HH:mm", CultureInfo.InvariantCulture);
        return Frequency switch
        {
            BackupFrequency.Hourly => string.Create(CultureInfo.InvariantCulture, $"{time.Minute} * * * *"),
            BackupFrequency.Daily => string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} * * *"),
            BackupFrequency.Weekly => string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} * * {DayOfWeek ?? 0}"),
            BackupFrequency.Monthly => string.Create(CultureInfo.InvariantCulture, $"{time.Minute} {time.Hour} {DayOfMonth ?? 1} * *"),
            _ => Cron,
        };
    }

    private static bool IsTooOften(string cron)
    {
        var times = new BackupSchedule(Enabled: true, cron, "UTC", 1, 1).After(DateTimeOffset.UnixEpoch, Compared).ToList();
        return times.Zip(times.Skip(1)).Any(pair => pair.Second - pair.First < Shortest);
    }
}
