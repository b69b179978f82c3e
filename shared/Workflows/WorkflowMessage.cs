using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

using Platform.Data;

namespace Platform.Workflows;

/// <summary>A start or a signal that waits for its unit of work to commit and then for the durable engine to take it.</summary>
[PlatformScoped]
public sealed class WorkflowMessage
{
    public long RowId { get; private set; }

    public required string InstanceId { get; init; }

    /// <summary>Name of the orchestration to start; null for a signal.</summary>
    public string? Name { get; init; }

    /// <summary>Name of the external event; null for a start.</summary>
    public string? EventName { get; init; }

    /// <summary>Input or event payload as the engine's JSON.</summary>
    public string? Payload { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Not before this instant; later than <see cref="CreatedAt"/> after an attempt that must be repeated.</summary>
    public required DateTimeOffset DueAt { get; set; }

    public int Attempts { get; set; }

    public string? LastError { get; set; }
}

internal sealed class WorkflowMessageConfiguration : IEntityTypeConfiguration<WorkflowMessage>
{
    public void Configure(EntityTypeBuilder<WorkflowMessage> builder) => builder.ToTable("workflow_outbox").HasKey(m => m.RowId);
}
