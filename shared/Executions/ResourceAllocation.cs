namespace Platform.Executions;

public enum AllocationStatus
{
    Active,
    Released,
}

/// <summary>What an execution has reserved (executions.md §2.7); its id is the execution's.</summary>
public sealed class ResourceAllocation
{
    public Guid Id { get; init; }

    public string Language { get; init; } = "";

    public string CpuRequest { get; init; } = "";

    public string MemoryRequest { get; init; } = "";

    public string CpuLimit { get; init; } = "";

    public string MemoryLimit { get; init; } = "";

    public AllocationStatus Status { get; private set; }

    public DateTimeOffset AllocatedAt { get; init; }

    public DateTimeOffset? ReleasedAt { get; private set; }

    public void Release(DateTimeOffset now)
    {
        if (Status == AllocationStatus.Released)
            return;

        Status = AllocationStatus.Released;
        ReleasedAt = now;
    }
}
