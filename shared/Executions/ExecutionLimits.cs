using System.Globalization;

namespace Platform.Executions;

/// <summary>The limits in force for one execution: wall time in seconds, memory in MiB, CPU in thousandths of a core. Stored with it; later settings do not alter them.</summary>
public sealed record ExecutionLimits(int TimeoutSeconds, int MemoryMb, int CpuMillicores)
{
    public string Cpu => string.Create(CultureInfo.InvariantCulture, $"{CpuMillicores}m");

    public string Memory => string.Create(CultureInfo.InvariantCulture, $"{MemoryMb}Mi");
}
