using Platform.Data;

namespace Platform.Quotas;

/// <summary>What a user used in a project on one day (UTC). Outlives all three.</summary>
public sealed class UsageDay : IProjectOwned
{
    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required Guid UserId { get; init; }

    public required DateOnly Day { get; init; }

    public long Executions { get; init; }

    public long CpuMilliseconds { get; init; }

    public long MemoryKbSeconds { get; init; }
}
