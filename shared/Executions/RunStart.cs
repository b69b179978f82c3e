using Platform.Sandbox;

namespace Platform.Executions;

/// <summary>
/// When the start of a run is recorded: after a moment, or before the first output that somebody watches. A run that ends before leaves it to its end, whose
/// transaction then tells both: most scripts are short, and each commit less is work saved.
/// </summary>
internal sealed class RunStart(Func<SandboxStarted, Task> record, TimeProvider clock)
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(150);

    private readonly Lock _lock = new();
    private SandboxStarted? _started;
    private ITimer? _timer;
    private Task? _recording;
    private bool _over;

    public void Happened(SandboxStarted started)
    {
        lock (_lock)
        {
            _started = started;
            _timer = clock.CreateTimer(state => _ = RecordAsync(), null, Moment, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Records it now unless that was done or the run is over.</summary>
    public Task RecordAsync()
    {
        lock (_lock)
        {
            if (_recording is null && _started is { } started && !_over)
                _recording = Task.Run(() => record(started));
            return _recording ?? Task.CompletedTask;
        }
    }

    /// <summary>To be called when the run is over: the start, if it still has to be recorded.</summary>
    public async Task<SandboxStarted?> EndAsync()
    {
        lock (_lock)
        {
            _over = true;
            _timer?.Dispose();
        }

        if (_recording is null)
            return _started;
        await _recording;
        return null;
    }
}
