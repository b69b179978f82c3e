using Platform.Data;

namespace Platform.Scripts;

/// <summary>When a saved script is run by itself; reached through the script only.</summary>
[PlatformScoped]
public sealed class ScriptSchedule
{
    public required Guid ScriptId { get; init; }

    /// <summary>Five fields: minute, hour, day of month, month, day of week.</summary>
    public string Cron { get; private set; } = "";

    /// <summary>IANA name of the zone in which the fields are meant.</summary>
    public string Timezone { get; private set; } = "";

    public bool Enabled { get; private set; }

    /// <summary>Null while it is off.</summary>
    public DateTimeOffset? NextRunAt { get; private set; }

    public DateTimeOffset? LastRunAt { get; private set; }

    public Guid? LastExecutionId { get; private set; }

    /// <summary>Why the last run could not be started; null when it was.</summary>
    public string? LastError { get; private set; }

    public DateTimeOffset UpdatedAt { get; private set; }

    /// <summary>Of two nodes that see the same run due it lets one start it.</summary>
    public int Version { get; private set; }

    public void Set(CronExpression cron, string timezone, bool enabled, DateTimeOffset now)
    {
        (Cron, Timezone, Enabled, UpdatedAt, LastError) = (cron.Text, timezone, enabled, now, null);
        NextRunAt = enabled ? After(now) : null;
        Version++;
    }

    /// <summary>The run that is due begins; however many were missed, it is one.</summary>
    public void Begin(DateTimeOffset now)
    {
        (LastRunAt, LastError) = (now, null);
        NextRunAt = After(now);
        Enabled = NextRunAt is not null;
        Version++;
    }

    /// <summary>The run could not be started.</summary>
    public void Fail(string reason) => LastError = reason;

    /// <summary>It does not run any more until its owner switches it on.</summary>
    public void SwitchOff(string reason, DateTimeOffset now)
    {
        (Enabled, NextRunAt, LastError, UpdatedAt) = (false, null, reason, now);
        Version++;
    }

    private DateTimeOffset? After(DateTimeOffset now) =>
        CronExpression.Parse(Cron) is { } cron && TimeZoneInfo.TryFindSystemTimeZoneById(Timezone, out var zone) ? cron.After(now, zone) : null;
}
