using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Platform.Sandbox.Linux;

/// <summary>Drives one run on a thread of its own: reads output, keeps time and memory, kills, reaps, all in one poll loop.</summary>
internal sealed class SandboxSupervisor : IDisposable
{
    private const int StackBytes = 256 << 10;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(15);

    private readonly SandboxRun _run;
    private readonly SandboxSetup _setup;
    private readonly Launch _launch;
    private readonly SandboxProcess _process;
    private readonly OutputCapture _stdout;
    private readonly OutputCapture _stderr;
    private readonly LiveOutput _live;
    private readonly MemoryWatcher? _memory;
    private readonly Descriptor _wake = Descriptor.Event();
    private readonly Lock _waking = new();
    private readonly byte[] _buffer = new byte[64 << 10];
    private readonly TaskCompletionSource<SandboxResult> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile int _request = -1; // the SandboxReason that somebody outside asks for
    private SandboxReason? _killed;
    private long _startedAt;
    private long _deadline;
    private double _wallSeconds;

    public SandboxSupervisor(SandboxRun run, Launch launch, SandboxSetup setup)
    {
        (_run, _launch, _setup) = (run, launch, setup);
        _process = new SandboxProcess(launch, run, setup.Group);
        _stdout = new OutputCapture(run.StdoutLimit);
        _stderr = new OutputCapture(run.StderrLimit);
        _live = new LiveOutput(run, _stdout, _stderr, Wake, setup.Logger);
        _memory = setup.HasMemoryGroup ? null : new MemoryWatcher(run.MemoryBytes);
    }

    /// <summary>Starts the run; the task ends when nothing of it is left.</summary>
    public async Task<SandboxResult> RunAsync()
    {
        new Thread(Supervise, StackBytes) { IsBackground = true, Name = _run.Name }.Start();
        var result = await _end.Task;
        await _live.FinishAsync();
        return result;
    }

    /// <summary>Asks for SIGTERM, and SIGKILL after the grace.</summary>
    public void Cancel() => Ask(SandboxReason.Cancelled);

    /// <summary>Gives the run up at once: the host stops.</summary>
    public void Abandon() => Ask(SandboxReason.Lost);

    public void Dispose()
    {
        _process.Dispose();
        _launch.Dispose();
        lock (_waking)
            _wake.Dispose();
    }

    private SandboxReason? Asked => _request < 0 ? null : (SandboxReason)_request;

    private void Ask(SandboxReason reason)
    {
        _request = (int)reason;
        Wake();
    }

    private void Wake()
    {
        // A descriptor closed meanwhile may already be somebody else's.
        lock (_waking)
            _wake.Signal();
    }

    private void Supervise()
    {
        try
        {
            _deadline = After(LongestStart);
            _process.Start();
            if (!_launch.IsConfined)
                Release();
            Watch();
            _wallSeconds = _startedAt == 0 ? 0 : Stopwatch.GetElapsedTime(_startedAt).TotalSeconds;
            _process.Reap();
            Drain(_launch.Stdout, OutputStream.Stdout);
            Drain(_launch.Stderr, OutputStream.Stderr);
            _end.SetResult(new SandboxOutcome(_run, _setup, _process, _killed, _memory).Result(_startedAt != 0, _wallSeconds, _stdout, _stderr));
        }
        catch (Exception e)
        {
            _setup.Logger.LogError(e, "The sandbox of {Name} failed", _run.Name);
            _process.KillIfStarted();
            // What may have run must not count as never started: the caller would run it again.
            _end.SetResult(new SandboxResult { ExitCode = -1, Reason = _startedAt == 0 ? SandboxReason.StartFailed : SandboxReason.Lost, Detail = e.Message });
        }
    }

    private unsafe void Watch()
    {
        const int stdoutAt = 0, stderrAt = 1, statusAt = 2, wakeAt = 3, exitAt = 4;
        var fds = stackalloc Libc.PollFd[5];
        int[] numbers = [_launch.Stdout.Number, _launch.Stderr.Number, _launch.Status?.Number ?? -1, _wake.Number, _process.ExitHandle];
        for (var i = 0; i < numbers.Length; i++)
            fds[i] = new Libc.PollFd { Fd = numbers[i], Events = Libc.POLLIN };

        while (fds[exitAt].Returned == 0)
        {
            // A pipe that nobody reads makes its program wait.
            fds[stdoutAt].Fd = _live.IsFull ? -1 : numbers[stdoutAt];
            fds[stderrAt].Fd = _live.IsFull ? -1 : numbers[stderrAt];
            if (Libc.poll(fds, 5, NextTimeout()) < 0)
                continue;
            if (fds[stdoutAt].Returned != 0 && !Drain(_launch.Stdout, OutputStream.Stdout))
                numbers[stdoutAt] = -1;
            if (fds[stderrAt].Returned != 0 && !Drain(_launch.Stderr, OutputStream.Stderr))
                numbers[stderrAt] = -1;
            if (fds[statusAt].Returned != 0 && !_process.ReadStatus())
                fds[statusAt].Fd = -1;
            if (fds[wakeAt].Returned != 0)
                _wake.Read(_buffer.AsSpan(0, 8));
            if (_startedAt == 0 && _process.IsReady)
                Release();
            Enforce();
            _live.SendDue();
        }
    }

    private void Release()
    {
        if (Asked is not null || !_process.Release(_setup.HasProcessGroup, _setup.HasMemoryGroup))
            return;
        _startedAt = Stopwatch.GetTimestamp();
        _deadline = After(_run.WallTime);
        _live.Started(new SandboxStarted(System.Environment.MachineName, _process.Root, _setup.Clock.GetUtcNow()));
    }

    private void Enforce()
    {
        var asked = Asked;
        if (_killed is null && asked == SandboxReason.Cancelled && _startedAt != 0)
        {
            Terminate(SandboxReason.Cancelled, Math.Min(_deadline, After(_run.Grace ?? _setup.Grace)));
        }
        else if (asked is { } reason && _killed is null && _process.IsReady)
        {
            Kill(reason);
        }
        else if (Stopwatch.GetTimestamp() >= _deadline && _killed is null && _startedAt != 0 && _run.Grace is { } grace)
        {
            Terminate(SandboxReason.Timeout, After(grace));
        }
        else if (Stopwatch.GetTimestamp() >= _deadline)
        {
            Kill(_startedAt == 0 ? SandboxReason.StartFailed : SandboxReason.Timeout);
        }
        else if (_memory is not null && _startedAt != 0 && _memory.IsExceeded(_process.Members()))
        {
            Kill(SandboxReason.Oom);
        }
    }

    private void Terminate(SandboxReason reason, long deadline)
    {
        (_killed, _deadline) = (reason, deadline);
        _process.Terminate();
    }

    private void Kill(SandboxReason reason)
    {
        _killed ??= reason;
        _deadline = long.MaxValue;
        _process.Kill();
    }

    private int NextTimeout()
    {
        var now = Stopwatch.GetTimestamp();
        var wait = _deadline == long.MaxValue ? 60_000 : Math.Max(0, Math.Ceiling(Stopwatch.GetElapsedTime(now, _deadline).TotalMilliseconds));
        if (_live.DueIn is { } due)
            wait = Math.Min(wait, due);
        if (_memory is not null && _startedAt != 0)
            wait = Math.Min(wait, MemoryWatcher.IntervalMilliseconds);
        return (int)Math.Min(wait, 1_000); // looks once a second even when nothing tells it to
    }

    /// <summary>Takes what is there; false at the end of the stream.</summary>
    private bool Drain(Descriptor pipe, OutputStream stream)
    {
        var capture = stream == OutputStream.Stdout ? _stdout : _stderr;
        for (var turns = 0; turns < 16; turns++)
        {
            var read = pipe.Read(_buffer);
            if (read <= 0)
                return read < 0;
            capture.Append(_buffer.AsSpan(0, read));
            _live.Pass(stream, _buffer.AsSpan(0, read));
        }
        return true;
    }

    private static long After(TimeSpan time)
    {
        var ticks = time.TotalSeconds * Stopwatch.Frequency;
        return ticks > long.MaxValue / 2 ? long.MaxValue : Stopwatch.GetTimestamp() + (long)ticks;
    }
}
