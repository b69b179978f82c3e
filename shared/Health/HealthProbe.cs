using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Health;

/// <summary>A row that is stored only to see whether rows can be stored.</summary>
[PlatformScoped]
public sealed class HealthProbe
{
    /// <summary>More than a page holds, and not to be compressed: a full database has to refuse it.</summary>
    private static readonly string Page = RandomNumberGenerator.GetHexString(8192);

    public required Guid Id { get; init; }

    public string Filler { get; init; } = Page;
}

internal sealed class HealthProbeConfiguration : IEntityTypeConfiguration<HealthProbe>
{
    public void Configure(EntityTypeBuilder<HealthProbe> builder) => builder.ToTable("health_probes").HasKey(probe => probe.Id);
}
