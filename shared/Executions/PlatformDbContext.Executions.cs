using Microsoft.EntityFrameworkCore;
using Platform.Executions;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<Execution> Executions => Set<Execution>();

    public DbSet<Saga> Sagas => Set<Saga>();

    internal DbSet<ExecutionResult> ExecutionResults => Set<ExecutionResult>();

    internal DbSet<ResourceAllocation> ResourceAllocations => Set<ResourceAllocation>();

    internal DbSet<ExecutionQueueLock> ExecutionQueueLocks => Set<ExecutionQueueLock>();
}
