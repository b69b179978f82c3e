using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;

namespace Platform.Health;

/// <summary>Whether a component was unhealthy when a host last said so, and since when: what makes a transition an event only once.</summary>
[PlatformScoped]
public sealed class ComponentHealth
{
    public required string Name { get; init; }

    public bool IsHealthy { get; set; }

    public DateTimeOffset ChangedAt { get; set; }
}

internal sealed class ComponentHealthConfiguration : IEntityTypeConfiguration<ComponentHealth>
{
    public void Configure(EntityTypeBuilder<ComponentHealth> builder) => builder.ToTable("component_health").HasKey(component => component.Name);
}
