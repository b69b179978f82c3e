using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Executions;

internal sealed class ExecutionConfiguration : IEntityTypeConfiguration<Execution>
{
    public void Configure(EntityTypeBuilder<Execution> builder)
    {
        builder.ToTable("executions");
        builder.Property(e => e.Id).ValueGeneratedNever();
        builder.Property(e => e.Inputs).HasJsonConversion();
        builder.Property(e => e.Version).IsConcurrencyToken();
        builder.Ignore(e => e.Limits).Ignore(e => e.UsageOwner);
        builder.HasOne(e => e.Result).WithOne().HasForeignKey<ExecutionResult>(r => r.ExecutionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(e => e.Saga).WithOne().HasForeignKey<Saga>(s => s.ExecutionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasOne(e => e.Allocation).WithOne().HasForeignKey<ResourceAllocation>(a => a.Id).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(e => new { e.UserId, e.CreatedAt }).IsDescending(false, true);
        builder.HasIndex(e => new { e.UserId, e.Status });
        builder.HasIndex(e => new { e.Status, e.Band, e.CreatedAt });
        builder.HasIndex(e => e.HoldsSlot).HasFilter("holds_slot");
    }
}

internal sealed class ExecutionResultConfiguration : IEntityTypeConfiguration<ExecutionResult>
{
    public void Configure(EntityTypeBuilder<ExecutionResult> builder)
    {
        builder.ToTable("execution_results");
        builder.HasKey(r => r.ExecutionId);
        builder.Ignore(r => r.Usage).Ignore(r => r.SizeBytes);
        builder.HasIndex(r => r.StoredAt);
    }
}

internal sealed class SagaConfiguration : IEntityTypeConfiguration<Saga>
{
    public void Configure(EntityTypeBuilder<Saga> builder)
    {
        builder.ToTable("sagas");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.CompletedSteps).HasJsonConversion();
        builder.Property(s => s.CompensatedSteps).HasJsonConversion();
        builder.Ignore(s => s.IsOver);
        builder.HasIndex(s => new { s.UserId, s.CreatedAt }).IsDescending(false, true);
    }
}

internal sealed class ResourceAllocationConfiguration : IEntityTypeConfiguration<ResourceAllocation>
{
    public void Configure(EntityTypeBuilder<ResourceAllocation> builder)
    {
        builder.ToTable("resource_allocations");
        builder.Property(a => a.Id).ValueGeneratedNever();
        builder.HasIndex(a => new { a.Language, a.Status });
    }
}

internal sealed class ExecutionQueueLockConfiguration : IEntityTypeConfiguration<ExecutionQueueLock>
{
    public void Configure(EntityTypeBuilder<ExecutionQueueLock> builder)
    {
        builder.ToTable("execution_queue");
        builder.Property(q => q.Id).ValueGeneratedNever();
    }
}
