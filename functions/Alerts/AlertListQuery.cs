using System.ComponentModel.DataAnnotations;
using Platform.Alerts;

namespace Platform.Functions.Alerts;

/// <summary>Query of <c>GET /api/alerts</c>. A filter that is repeated, or holds values separated by commas, means any of them.</summary>
public sealed record AlertListQuery
{
    /// <summary>A project of the active organization, or <c>all</c>; absent: the active one.</summary>
    public string? ProjectId { get; init; }

    /// <summary>Any of these states.</summary>
    public IReadOnlyList<AlertRuleState> State { get; init; } = [];

    /// <summary>Any of these severities.</summary>
    public IReadOnlyList<AlertSeverity> Severity { get; init; } = [];

    /// <summary>Only those that are evaluated, or only the others.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Only those that are silent now, or only the others.</summary>
    public bool? Muted { get; init; }

    /// <summary>Part of name or description.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Only alerts with this label; repeated: with any of the values.</summary>
    [Prefix("label.")]
    [MaxLength(20)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Labels { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Absent: firing ones first, then by severity. A minus sorts in falling order.</summary>
    [AllowedValues(null, "name", "-name", "severity", "-severity", "stateSince", "-stateSince", "createdAt", "-createdAt")]
    public string? Sort { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    internal AlertFilter ToFilter(Guid? project) => new()
    {
        ProjectId = project,
        States = State,
        Severities = Severity,
        Enabled = Enabled,
        Muted = Muted,
        Text = string.IsNullOrWhiteSpace(Search) ? null : Search.Trim(),
        Labels = Labels,
        Order = Sort?.TrimStart('-') switch
        {
            "name" => AlertOrder.Name,
            "severity" => AlertOrder.Severity,
            "stateSince" => AlertOrder.StateSince,
            "createdAt" => AlertOrder.CreatedAt,
            _ => AlertOrder.Urgency,
        },
        Descending = Sort is ['-', ..],
    };
}
