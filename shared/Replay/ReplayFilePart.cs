using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Replay;

/// <summary>A part of a session's file that counts; stored with the progress of its events. What an attempt wrote whose progress was not stored has no row.</summary>
[PlatformScoped]
public sealed class ReplayFilePart
{
    public required Guid SessionId { get; init; }

    /// <summary>The session's sequence before the first event of the part.</summary>
    public required long Begin { get; init; }

    public required Guid Attempt { get; init; }
}

internal sealed class ReplayFilePartConfiguration : IEntityTypeConfiguration<ReplayFilePart>
{
    public void Configure(EntityTypeBuilder<ReplayFilePart> builder)
    {
        builder.ToTable("replay_file_parts").HasKey(p => new { p.SessionId, p.Begin });
        builder.HasOne<ReplaySession>().WithMany().HasForeignKey(p => p.SessionId).OnDelete(DeleteBehavior.Cascade);
    }
}
