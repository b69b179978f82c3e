using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Alerts;

internal sealed class AlertRuleConfiguration : IEntityTypeConfiguration<AlertRule>
{
    public void Configure(EntityTypeBuilder<AlertRule> builder)
    {
        builder.ToTable("alert_rules").HasKey(alert => alert.Id);
        builder.Property(alert => alert.NotifyOn).HasJsonConversion();
        builder.Property(alert => alert.Labels).HasJsonConversion();
        builder.Property(alert => alert.Version).IsConcurrencyToken();
        builder.HasOne<Project>().WithMany().HasForeignKey(alert => alert.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(alert => new { alert.ProjectId, alert.NameKey }).IsUnique();
        builder.HasIndex(alert => alert.NextEvaluationAt).HasFilter("enabled");
    }
}

internal sealed class AlertIncidentConfiguration : IEntityTypeConfiguration<AlertIncident>
{
    public void Configure(EntityTypeBuilder<AlertIncident> builder)
    {
        builder.ToTable("alert_incidents").HasKey(incident => incident.Id);
        builder.HasOne<Project>().WithMany().HasForeignKey(incident => incident.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(incident => new { incident.ProjectId, incident.OpenedAt });
        builder.HasIndex(incident => incident.AlertId);
        builder.HasIndex(incident => incident.ClosedAt);
    }
}
