using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Replay;

/// <summary>
/// A replay of stored events (executions.md §2.11), of operators for the whole platform. State and progress change by conditional updates only
/// (<see cref="ReplayControl"/>, <see cref="ReplayProgress"/>): the database decides between those who want to change them at once.
/// </summary>
[PlatformScoped]
public sealed class ReplaySession
{
    public required Guid Id { get; init; }

    public required ReplayConfig Config { get; init; }

    public ReplayStatus Status { get; set; }

    public required string CorrelationId { get; init; }

    /// <summary>Null once the author is gone.</summary>
    public Guid? CreatedBy { get; init; }

    /// <summary>The callback's address, sealed with the key of <see cref="KeyOrganizationId"/>.</summary>
    public string? SealedCallback { get; init; }

    public Guid? KeyOrganizationId { get; init; }

    public long TotalEvents { get; set; }

    public long ReplayedEvents { get; set; }

    public long FailedEvents { get; set; }

    public long SkippedEvents { get; set; }

    /// <summary>Sequence of the newest event that is replayed; null until the events are counted.</summary>
    public long? UntilSequence { get; set; }

    /// <summary>Sequence of the last event that was dealt with: the run goes on behind it.</summary>
    public long LastSequence { get; set; }

    /// <summary>When that event happened.</summary>
    public DateTimeOffset? LastEventAt { get; set; }

    public IReadOnlyList<ReplayProblem> Errors { get; set; } = [];

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? CompletedAt { get; set; }

    public long Handled => ReplayedEvents + FailedEvents;

    public string SealedPlace => PlaceOf(Id);

    public static string PlaceOf(Guid id) => $"replay_sessions/{id:D}/callback_url";
}

internal sealed class ReplaySessionConfiguration : IEntityTypeConfiguration<ReplaySession>
{
    public void Configure(EntityTypeBuilder<ReplaySession> builder)
    {
        builder.ToTable("replay_sessions");
        builder.Property(s => s.Id).ValueGeneratedNever();
        builder.Property(s => s.Config).HasJsonConversion();
        builder.Property(s => s.Errors).HasJsonConversion();
        builder.Ignore(s => s.Handled).Ignore(s => s.SealedPlace);
        builder.HasIndex(s => s.CreatedAt).IsDescending(true);
        builder.HasIndex(s => new { s.Status, s.CreatedAt });
    }
}
