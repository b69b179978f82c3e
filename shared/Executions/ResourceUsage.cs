using System.Text.Json.Serialization;
using Platform.Quotas;

namespace Platform.Executions;

/// <summary>
/// What a run used. <c>CpuTimeJiffies = floor(cpu seconds × ClkTckHertz)</c>, so under 10 ms of CPU it is 0; the wall time has six decimals.
/// </summary>
public sealed record ResourceUsage(double ExecutionTimeWallSeconds, long CpuTimeJiffies, int ClkTckHertz, long PeakMemoryKb)
{
    public static readonly ResourceUsage None = new(0, 0, Hertz, 0);

    private const int Hertz = 100;

    /// <summary>As it is added up by day.</summary>
    [JsonIgnore]
    public UsageAmount Amount => UsageAmount.OfRun(ExecutionTimeWallSeconds, CpuTimeJiffies, ClkTckHertz, PeakMemoryKb);

    public static ResourceUsage Of(TimeSpan wall, TimeSpan cpu, long peakMemoryKb) =>
        new(Math.Round(wall.TotalSeconds, 6), (long)Math.Floor(cpu.TotalSeconds * Hertz), Hertz, peakMemoryKb);
}
