using System.ComponentModel.DataAnnotations;
using Platform.Executions;

namespace Platform.Scripts;

/// <summary>A new script.</summary>
public sealed record ScriptDraft
{
    public const int MaxName = 100;
    public const int MaxDescription = 1000;

    [Required, StringLength(MaxName, MinimumLength = 1), PlainText]
    public string Name { get; init; } = "";

    [Required, StringLength(ExecutionRequest.MaxScript, MinimumLength = 1)]
    public string Script { get; init; } = "";

    [StringLength(32, MinimumLength = 1)]
    public string Lang { get; init; } = "python";

    [StringLength(32, MinimumLength = 1)]
    public string LangVersion { get; init; } = "3.11";

    [StringLength(MaxDescription)]
    public string? Description { get; init; }

    internal ScriptContent ToContent() => new(Name, Script, Lang, LangVersion, Description);
}

/// <summary>A script's new content; what is optional keeps its value when it is left out.</summary>
public sealed record ScriptEdit
{
    [Required, StringLength(ScriptDraft.MaxName, MinimumLength = 1), PlainText]
    public string Name { get; init; } = "";

    [Required, StringLength(ExecutionRequest.MaxScript, MinimumLength = 1)]
    public string Script { get; init; } = "";

    [StringLength(32, MinimumLength = 1)]
    public string? Lang { get; init; }

    [StringLength(32, MinimumLength = 1)]
    public string? LangVersion { get; init; }

    [StringLength(ScriptDraft.MaxDescription)]
    public string? Description { get; init; }

    internal ScriptContent ApplyTo(ScriptContent before) =>
        new(Name, Script, Lang ?? before.Lang, LangVersion ?? before.LangVersion, Description ?? before.Description);
}

/// <summary>One run of a saved script.</summary>
public sealed record ScriptRunRequest : RunRequest
{
    /// <summary>An earlier version; without it the newest.</summary>
    [Range(1, int.MaxValue)]
    public int? Version { get; init; }
}

/// <summary>When a saved script is run by itself.</summary>
public sealed record ScriptScheduleRequest : IValidatableObject
{
    /// <summary>Five fields: minute, hour, day of month, month, day of week.</summary>
    [Required, StringLength(100, MinimumLength = 1)]
    public string Cron { get; init; } = "";

    /// <summary>IANA name of the zone in which the fields are meant.</summary>
    [TimeZoneName]
    public string Timezone { get; init; } = "UTC";

    public bool Enabled { get; init; } = true;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CronExpression.Parse(Cron) is null)
            yield return new ValidationResult("Not a cron expression of five fields (minute hour day month weekday) that ever comes", [nameof(Cron)]);
    }
}

/// <summary>A saved script as its owner sees it.</summary>
public sealed record ScriptView(
    Guid ScriptId, string Name, string Script, string Lang, string LangVersion, string? Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ScriptView From(SavedScript script) =>
        new(script.Id, script.Name, script.Script, script.Lang, script.LangVersion, script.Description, script.CreatedAt, script.UpdatedAt);
}

/// <summary>A version in a list, without its script.</summary>
public sealed record ScriptVersionSummary(int Version, string Name, string Lang, string LangVersion, DateTimeOffset SavedAt);

/// <summary>A script as it was saved once.</summary>
public sealed record ScriptVersionView(int Version, string Name, string Script, string Lang, string LangVersion, string? Description, DateTimeOffset SavedAt)
{
    public static ScriptVersionView From(ScriptVersion version) =>
        new(version.Number, version.Name, version.Script, version.Lang, version.LangVersion, version.Description, version.SavedAt);
}

/// <summary>The schedule of a script, with its next and its last run.</summary>
public sealed record ScriptScheduleView(
    Guid ScriptId,
    string Cron,
    string Timezone,
    bool Enabled,
    DateTimeOffset? NextRunAt,
    DateTimeOffset? LastRunAt,
    Guid? LastExecutionId,
    string? LastError,
    DateTimeOffset UpdatedAt)
{
    public static ScriptScheduleView From(ScriptSchedule schedule) => new(
        schedule.ScriptId,
        schedule.Cron,
        schedule.Timezone,
        schedule.Enabled,
        schedule.NextRunAt,
        schedule.LastRunAt,
        schedule.LastExecutionId,
        schedule.LastError,
        schedule.UpdatedAt);
}
