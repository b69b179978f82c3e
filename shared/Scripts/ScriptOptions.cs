using System.ComponentModel.DataAnnotations;

namespace Platform.Scripts;

/// <summary>Section <c>Scripts</c>.</summary>
public sealed class ScriptOptions
{
    public const string Section = "Scripts";

    /// <summary>Saved scripts of one user.</summary>
    [Range(1, 10_000)]
    public int MaxPerUser { get; init; } = 500;

    /// <summary>Versions that are kept of one script, the newest.</summary>
    [Range(1, 1000)]
    public int MaxVersions { get; init; } = 20;

    /// <summary>Switched-on schedules of one user.</summary>
    [Range(1, 1000)]
    public int MaxSchedulesPerUser { get; init; } = 20;
}
