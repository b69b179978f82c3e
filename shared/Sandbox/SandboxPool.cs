using Microsoft.Extensions.Options;

namespace Platform.Sandbox;

/// <summary>The host's capacity for runs, one per process. A tenth stays free for the host itself.</summary>
public sealed class SandboxPool
{
    private const double Usable = 0.9;
    private readonly Lock gate = new();
    private double usedCpu;
    private long usedMemory;

    public SandboxPool(IOptions<SandboxOptions> options)
    {
        var cpu = options.Value.Cpu ?? (1.2 * System.Environment.ProcessorCount);
        var memory = options.Value.MemoryMb is { } mb ? (long)mb << 20 : (long)(0.8 * GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        CpuCores = cpu * Usable;
        MemoryBytes = (long)(memory * Usable);
    }

    /// <summary>Cores that may be reserved in total.</summary>
    public double CpuCores { get; }

    /// <summary>Memory that may be reserved in total.</summary>
    public long MemoryBytes { get; }

    /// <summary>Cores not reserved at this moment.</summary>
    public double FreeCpuCores
    {
        get { lock (gate) return CpuCores - usedCpu; }
    }

    /// <summary>Memory not reserved at this moment.</summary>
    public long FreeMemoryBytes
    {
        get { lock (gate) return MemoryBytes - usedMemory; }
    }

    /// <summary>Reserves at once or answers null. A request larger than the whole pool is granted when the pool is idle, so that it is slow rather than impossible.
    /// Dispose the reservation when the run is over.</summary>
    public IDisposable? TryReserve(double cpuCores, long memoryBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cpuCores);
        ArgumentOutOfRangeException.ThrowIfNegative(memoryBytes);
        lock (gate)
        {
            var idle = usedCpu == 0 && usedMemory == 0;
            var fits = usedCpu + cpuCores <= CpuCores + 1e-9 && usedMemory + memoryBytes <= MemoryBytes;
            if (!fits && !idle)
                return null;
            usedCpu += cpuCores;
            usedMemory += memoryBytes;
        }
        return new Reservation(this, cpuCores, memoryBytes);
    }

    private void Release(double cpuCores, long memoryBytes)
    {
        lock (gate)
        {
            usedMemory -= memoryBytes;
            usedCpu -= cpuCores;
            if (usedMemory == 0 && usedCpu < 1e-6)
                usedCpu = 0;
        }
    }

    private sealed class Reservation(SandboxPool pool, double cpuCores, long memoryBytes) : IDisposable
    {
        private int released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref released, 1) == 0)
                pool.Release(cpuCores, memoryBytes);
        }
    }
}
