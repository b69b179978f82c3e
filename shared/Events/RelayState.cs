using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

using Platform.Data;

namespace Platform.Events;

/// <summary>A counter of the relays; its row is their lock.</summary>
[PlatformScoped]
public sealed class RelayState
{
    /// <summary>The newest sequence given to an event.</summary>
    public const string Sequenced = "sequenced";

    /// <summary>The newest sequence handed to the topic.</summary>
    public const string Forwarded = "forwarded";

    public required string Name { get; init; }

    public long Value { get; set; }
}

internal sealed class RelayStateConfiguration : IEntityTypeConfiguration<RelayState>
{
    public void Configure(EntityTypeBuilder<RelayState> builder) => builder.ToTable("relay_state").HasKey(s => s.Name);
}
