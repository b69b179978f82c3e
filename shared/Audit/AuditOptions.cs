using System.ComponentModel.DataAnnotations;

namespace Platform.Audit;

/// <summary>Section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    [Range(1, 3650)]
    public int RetentionDays { get; set; } = 365;
}
