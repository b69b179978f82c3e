using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

using Platform.Data;

namespace Platform.Events;

/// <summary>A deleted event as it was, and who deleted it. No route shows it; it goes when the event would have gone.</summary>
[PlatformScoped]
public sealed class ArchivedEvent
{
    private ArchivedEvent()
    {
    }

    public Guid EventId { get; private init; }

    public long? Sequence { get; private init; }

    public string EventType { get; private init; } = "";

    public string EventVersion { get; private init; } = "";

    public string Topic { get; private init; } = "";

    public DateTimeOffset Timestamp { get; private init; }

    public string? AggregateId { get; private init; }

    public string? CorrelationId { get; private init; }

    public string? CausationId { get; private init; }

    public Guid? OrganizationId { get; private init; }

    public Guid? ProjectId { get; private init; }

    public Guid? UserId { get; private init; }

    public string ServiceName { get; private init; } = "";

    public string Metadata { get; private init; } = "";

    public string Payload { get; private init; } = "";

    public DateTimeOffset StoredAt { get; private init; }

    public DateTimeOffset TtlExpiresAt { get; private init; }

    public string? Status { get; private init; }

    public string? Error { get; private init; }

    public DateTimeOffset DeletedAt { get; private init; }

    /// <summary>E-mail of who deleted it; the username where there is none.</summary>
    public string DeletedBy { get; private init; } = "";

    public string DeletionReason { get; private init; } = "";

    public static ArchivedEvent Of(PlatformEvent stored, DateTimeOffset now, string deletedBy, string reason) => new()
    {
        EventId = stored.EventId,
        Sequence = stored.Sequence,
        EventType = stored.EventType,
        EventVersion = stored.EventVersion,
        Topic = stored.Topic,
        Timestamp = stored.Timestamp,
        AggregateId = stored.AggregateId,
        CorrelationId = stored.CorrelationId,
        CausationId = stored.CausationId,
        OrganizationId = stored.OrganizationId,
        ProjectId = stored.ProjectId,
        UserId = stored.UserId,
        ServiceName = stored.ServiceName,
        Metadata = stored.Metadata,
        Payload = stored.Payload,
        StoredAt = stored.StoredAt,
        TtlExpiresAt = stored.TtlExpiresAt,
        Status = stored.Status,
        Error = stored.Error,
        DeletedAt = now,
        DeletedBy = deletedBy,
        DeletionReason = reason,
    };
}

internal sealed class ArchivedEventConfiguration : IEntityTypeConfiguration<ArchivedEvent>
{
    public void Configure(EntityTypeBuilder<ArchivedEvent> builder)
    {
        builder.ToTable("events_archive").HasKey(e => e.EventId);
        builder.Property(e => e.EventId).ValueGeneratedNever();
        builder.Property(e => e.Metadata).HasJsonText();
        builder.Property(e => e.Payload).HasJsonText();
        builder.HasIndex(e => e.TtlExpiresAt);
    }
}
