using System.ComponentModel.DataAnnotations;

namespace Platform.Alerts;

/// <summary>Section <c>Alerts</c>.</summary>
public sealed class AlertOptions
{
    public const string Section = "Alerts";

    [Range(1, 10_000)]
    public int MaxPerProject { get; init; } = 200;

    /// <summary>How long closed incidents are kept.</summary>
    [Range(1, 3650)]
    public int IncidentRetentionDays { get; init; } = 90;
}
