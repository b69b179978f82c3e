using Microsoft.Extensions.Options;
using Platform.Sandbox;

namespace Platform.UserFunctions;

/// <summary>
/// How many workers this process has and what of the host's memory for sandboxes they hold: their whole limit each, as long as they live, so that they can always use it. They
/// reserve no processor time, for most of them wait most of the time.
/// </summary>
public sealed class WorkerRoom(SandboxPool pool, IOptions<FunctionOptions> options)
{
    private readonly Lock _gate = new();
    private int _count;
    private long _bytes;

    /// <summary>Null when there is no room; dispose it when nothing of the worker is left.</summary>
    public IDisposable? TryTake(int memoryMb)
    {
        var bytes = (long)memoryMb << 20;
        lock (_gate)
        {
            var most = (long)(pool.MemoryBytes * options.Value.MemoryShare);
            if (_count >= options.Value.MaxWorkers || (_count > 0 && _bytes + bytes > most) || pool.TryReserve(0, bytes) is not { } reserved)
                return null;
            _count++;
            _bytes += bytes;
            return new Taken(this, bytes, reserved);
        }
    }

    private sealed class Taken(WorkerRoom room, long bytes, IDisposable reserved) : IDisposable
    {
        private bool _over;

        public void Dispose()
        {
            lock (room._gate)
            {
                if (_over)
                    return;
                _over = true;
                room._count--;
                room._bytes -= bytes;
            }

            reserved.Dispose();
        }
    }
}
