using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Alertmanager;

public enum AlertStatus
{
    Firing,
    Resolved,
}

/// <summary>One firing of an alert, told apart by fingerprint and beginning, and what has come of it.</summary>
[PlatformScoped]
public sealed class AlertState
{
    /// <summary>Name of the platform lock under which alerts are received one batch after the other.</summary>
    public const string Lock = "alertmanager";

    /// <summary>Also the cause of the notifications of its firing.</summary>
    public required Guid Id { get; init; }

    public required string Fingerprint { get; init; }

    public required DateTimeOffset StartsAt { get; init; }

    public AlertStatus Status { get; private set; }

    public DateTimeOffset? EndsAt { get; private set; }

    public required DateTimeOffset FirstReceivedAt { get; init; }

    public DateTimeOffset LastReceivedAt { get; private set; }

    /// <summary>How often it has come in its present status.</summary>
    public int Count { get; private set; }

    public IReadOnlyDictionary<string, string> Labels { get; private set; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string> Annotations { get; private set; } = new Dictionary<string, string>();

    /// <summary>The sender's word, in lower case.</summary>
    public string Severity { get; private set; } = "";

    public string? GeneratorUrl { get; private set; }

    public string? Receiver { get; private set; }

    public string? GroupKey { get; private set; }

    /// <summary>The cause of the notifications of its end; null while it fires, and when it was never known to fire.</summary>
    public Guid? ResolutionId { get; private set; }

    public DateTimeOffset? ResolvedAt { get; private set; }

    /// <summary>The cause of the notifications of its present status.</summary>
    public Guid? CauseId => Status == AlertStatus.Firing ? Id : ResolutionId;

    public static AlertState Begin(IncomingAlert alert, AlertGroup group, DateTimeOffset now)
    {
        var state = new AlertState { Id = Guid.CreateVersion7(now), Fingerprint = alert.Fingerprint, StartsAt = alert.StartsAt, FirstReceivedAt = now };
        state.Take(alert, group, now);
        state.Status = alert.Status;
        state.ResolvedAt = alert.Status == AlertStatus.Resolved ? now : null;
        state.Count = 1;
        return state;
    }

    /// <summary>It has come again. A firing that arrives after its end was overtaken on its way and changes nothing.</summary>
    public void Repeat(IncomingAlert alert, AlertGroup group, DateTimeOffset now)
    {
        if (alert.Status != Status)
            return;
        Take(alert, group, now);
        Count++;
    }

    public void Resolve(IncomingAlert alert, AlertGroup group, DateTimeOffset now)
    {
        Take(alert, group, now);
        Status = AlertStatus.Resolved;
        ResolvedAt = now;
        ResolutionId = Guid.CreateVersion7(now);
        Count = 1;
    }

    private void Take(IncomingAlert alert, AlertGroup group, DateTimeOffset now)
    {
        LastReceivedAt = now;
        (Labels, Annotations, Severity, GeneratorUrl, EndsAt) = (alert.Labels, alert.Annotations, alert.Severity, alert.GeneratorUrl, alert.EndsAt);
        (Receiver, GroupKey) = (group.Receiver, group.GroupKey);
    }
}

internal sealed class AlertStateConfiguration : IEntityTypeConfiguration<AlertState>
{
    public void Configure(EntityTypeBuilder<AlertState> builder)
    {
        builder.ToTable("alertmanager_states").HasKey(s => s.Id);
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Ignore(s => s.CauseId);
        builder.Property(s => s.Labels).HasJsonConversion();
        builder.Property(s => s.Annotations).HasJsonConversion();
        builder.HasIndex(s => new { s.Fingerprint, s.StartsAt }).IsUnique();
        builder.HasIndex(s => s.LastReceivedAt);
    }
}
