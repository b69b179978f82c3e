using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Metrics;

internal sealed class MetricSeriesConfiguration : IEntityTypeConfiguration<MetricSeries>
{
    public void Configure(EntityTypeBuilder<MetricSeries> builder)
    {
        builder.ToTable("metric_series").HasKey(series => series.Id);
        builder.Property(series => series.Tags).HasJsonConversion();
        builder.HasOne<Project>().WithMany().HasForeignKey(series => series.ProjectId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(series => new { series.ProjectId, series.Hash }).IsUnique();
        builder.HasIndex(series => new { series.ProjectId, series.Name });
        builder.HasIndex(series => series.CreatedAt);
    }
}

internal sealed class MetricPointConfiguration : IEntityTypeConfiguration<MetricPoint>
{
    public void Configure(EntityTypeBuilder<MetricPoint> builder)
    {
        builder.ToTable("metric_points").HasKey(point => point.Id);
        builder.HasOne<MetricSeries>().WithMany().HasForeignKey(point => point.SeriesId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(point => new { point.SeriesId, point.At, point.Value }); // with the value, so that a range is read from the index alone
    }
}

internal sealed class MetricRollupConfiguration : IEntityTypeConfiguration<MetricRollup>
{
    public void Configure(EntityTypeBuilder<MetricRollup> builder)
    {
        builder.ToTable("metric_rollups").HasKey(row => new { row.SeriesId, row.Resolution, row.Start });
        builder.HasOne<MetricSeries>().WithMany().HasForeignKey(row => row.SeriesId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(row => row.Start);
    }
}
