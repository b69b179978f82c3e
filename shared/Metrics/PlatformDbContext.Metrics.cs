using Microsoft.EntityFrameworkCore;
using Platform.Metrics;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<MetricSeries> MetricSeries => Set<MetricSeries>();

    public DbSet<MetricPoint> MetricPoints => Set<MetricPoint>();

    public DbSet<MetricRollup> MetricRollups => Set<MetricRollup>();
}
