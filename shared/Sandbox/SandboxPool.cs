using Microsoft.Extensions.Options;

namespace Platform.Sandbox;

/// <summary>The host's capacity for runs, one per process. A tenth stays free for the host itself.</summary>
public sealed class SandboxPool
{
    private const double Usable = 0.9;
    private const double Rounding = 1e-6;
    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiters = [];
    private double _usedCpu;
    private long _usedMemory;

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
        get { lock (_gate) return CpuCores - _usedCpu; }
    }

    /// <summary>Memory not reserved at this moment.</summary>
    public long FreeMemoryBytes
    {
        get { lock (_gate) return MemoryBytes - _usedMemory; }
    }

    /// <summary>Reserves at once or answers null; it does not overtake those who wait. A request larger than the whole pool is granted when the pool is idle,
    /// so that it is slow rather than impossible. Dispose the reservation when the run is over.</summary>
    public IDisposable? TryReserve(double cpuCores, long memoryBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(cpuCores);
        ArgumentOutOfRangeException.ThrowIfNegative(memoryBytes);
        lock (_gate)
            return _waiters.Count == 0 ? TryTake(cpuCores, memoryBytes) : null;
    }

    /// <summary>Waits its turn, first come first served.</summary>
    public async Task<IDisposable> ReserveAsync(double cpuCores, long memoryBytes, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (TryReserve(cpuCores, memoryBytes) is { } now)
            return now;
        var waiter = new Waiter(cpuCores, memoryBytes);
        lock (_gate)
        {
            _waiters.AddLast(waiter);
            GrantWaiters(); // what was taken a moment ago may be free again
        }
        await using var cancellation = ct.Register(() => Abandon(waiter, ct));
        return await waiter.Turn.Task;
    }

    private void Abandon(Waiter waiter, CancellationToken ct)
    {
        lock (_gate)
        {
            if (!_waiters.Remove(waiter))
                return; // granted meanwhile: the caller has a reservation to dispose
            waiter.Turn.TrySetCanceled(ct);
            GrantWaiters();
        }
    }

    private Reservation? TryTake(double cpuCores, long memoryBytes)
    {
        var idle = _usedCpu == 0 && _usedMemory == 0;
        var fits = _usedCpu + cpuCores <= CpuCores + Rounding && _usedMemory + memoryBytes <= MemoryBytes;
        if (!fits && !idle)
            return null;
        _usedCpu += cpuCores;
        _usedMemory += memoryBytes;
        return new Reservation(this, cpuCores, memoryBytes);
    }

    private void GrantWaiters()
    {
        while (_waiters.First is { Value: var first } && TryTake(first.CpuCores, first.MemoryBytes) is { } reservation)
        {
            _waiters.RemoveFirst();
            first.Turn.SetResult(reservation);
        }
    }

    private void Release(double cpuCores, long memoryBytes)
    {
        lock (_gate)
        {
            _usedMemory -= memoryBytes;
            _usedCpu -= cpuCores;
            if (_usedMemory == 0 && _usedCpu < Rounding)
                _usedCpu = 0;
            GrantWaiters();
        }
    }

    private sealed class Waiter(double cpuCores, long memoryBytes)
    {
        public double CpuCores => cpuCores;

        public long MemoryBytes => memoryBytes;

        public TaskCompletionSource<IDisposable> Turn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private sealed class Reservation(SandboxPool pool, double cpuCores, long memoryBytes) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) == 0)
                pool.Release(cpuCores, memoryBytes);
        }
    }
}
