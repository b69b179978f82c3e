using System.ComponentModel.DataAnnotations;

namespace Platform.Replay;

/// <summary>Section <c>Replay</c>.</summary>
public sealed class ReplayOptions
{
    public const string Section = "Replay";

    /// <summary>How long sessions and their files are kept after their creation.</summary>
    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 30;
}
