using Platform.Data;

namespace Platform.Executions;

public enum AllocationStatus
{
    Active,
    Released,
}

/// <summary>What an execution has reserved (executions.md §2.7); its id is the execution's.</summary>
[PlatformScoped]
public sealed class ResourceAllocation
{
    private ResourceAllocation()
    {
    }

    public Guid Id { get; private init; }

    public string Language { get; private init; } = "";

    public string CpuRequest { get; private init; } = "";

    public string MemoryRequest { get; private init; } = "";

    public string CpuLimit { get; private init; } = "";

    public string MemoryLimit { get; private init; } = "";

    public AllocationStatus Status { get; private set; }

    public DateTimeOffset AllocatedAt { get; private set; }

    public DateTimeOffset? ReleasedAt { get; private set; }

    public static ResourceAllocation For(Execution execution, ExecutionOptions weight, DateTimeOffset now) => new()
    {
        Id = execution.Id,
        Language = execution.Lang,
        CpuRequest = weight.CpuRequest,
        MemoryRequest = weight.MemoryRequest,
        CpuLimit = execution.Limits.Cpu,
        MemoryLimit = execution.Limits.Memory,
        AllocatedAt = now,
    };

    public void Renew(DateTimeOffset now)
    {
        Status = AllocationStatus.Active;
        AllocatedAt = now;
        ReleasedAt = null;
    }

    public void Release(DateTimeOffset now)
    {
        if (Status == AllocationStatus.Released)
            return;

        Status = AllocationStatus.Released;
        ReleasedAt = now;
    }
}
