using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Platform.Sandbox.Linux;

/// <summary>Drives one run on a thread of its own: reads output, keeps time and memory, kills, reaps, all in one poll loop.</summary>
internal sealed class SandboxSupervisor : IDisposable
{
    private const int StackBytes = 256 << 10;
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(15);

    private readonly SandboxRun run;
    private readonly SandboxSetup setup;
    private readonly Launch launch;
    private readonly SandboxProcess process;
    private readonly OutputCapture stdout;
    private readonly OutputCapture stderr;
    private readonly LiveOutput live;
    private readonly MemoryWatcher? memory;
    private readonly Descriptor wake = Descriptor.Event();
    private readonly Lock waking = new();
    private readonly byte[] buffer = new byte[64 << 10];
    private readonly TaskCompletionSource<SandboxResult> end = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private volatile int request = -1; // the SandboxReason that somebody outside asks for
    private SandboxReason? killed;
    private long startedAt;
    private long deadline;
    private double wallSeconds;

    public SandboxSupervisor(SandboxRun run, Launch launch, SandboxSetup setup)
    {
        (this.run, this.launch, this.setup) = (run, launch, setup);
        process = new SandboxProcess(launch, run, setup.Group);
        stdout = new OutputCapture(run.StdoutLimit);
        stderr = new OutputCapture(run.StderrLimit);
        live = new LiveOutput(run, stdout, stderr, setup.Logger);
        memory = setup.HasMemoryGroup ? null : new MemoryWatcher(run.MemoryBytes);
    }

    /// <summary>Starts the run; the task ends when nothing of it is left.</summary>
    public async Task<SandboxResult> RunAsync()
    {
        new Thread(Supervise, StackBytes) { IsBackground = true, Name = run.Name }.Start();
        var result = await end.Task;
        await live.FinishAsync();
        return result;
    }

    /// <summary>Asks for SIGTERM, and SIGKILL after the grace.</summary>
    public void Cancel() => Ask(SandboxReason.Cancelled);

    /// <summary>Gives the run up at once: the host stops.</summary>
    public void Abandon() => Ask(SandboxReason.Lost);

    public void Dispose()
    {
        process.Dispose();
        launch.Dispose();
        lock (waking)
            wake.Dispose();
    }

    private SandboxReason? Asked => request < 0 ? null : (SandboxReason)request;

    private void Ask(SandboxReason reason)
    {
        request = (int)reason;
        // A descriptor closed meanwhile may already be somebody else's.
        lock (waking)
            wake.Signal();
    }

    private void Supervise()
    {
        try
        {
            deadline = After(LongestStart);
            process.Start();
            if (!launch.IsConfined)
                Release();
            Watch();
            wallSeconds = startedAt == 0 ? 0 : Stopwatch.GetElapsedTime(startedAt).TotalSeconds;
            process.Reap();
            Drain(launch.Stdout, stdout);
            Drain(launch.Stderr, stderr);
            end.SetResult(new SandboxOutcome(run, setup, process, killed, memory).Result(startedAt != 0, wallSeconds, stdout, stderr));
        }
        catch (Exception e)
        {
            setup.Logger.LogError(e, "The sandbox of {Name} failed", run.Name);
            process.KillIfStarted();
            // What may have run must not count as never started: the caller would run it again.
            end.SetResult(new SandboxResult { ExitCode = -1, Reason = startedAt == 0 ? SandboxReason.StartFailed : SandboxReason.Lost, Detail = e.Message });
        }
    }

    private unsafe void Watch()
    {
        const int stdoutAt = 0, stderrAt = 1, statusAt = 2, wakeAt = 3, exitAt = 4;
        var fds = stackalloc Libc.PollFd[5];
        int[] numbers = [launch.Stdout.Number, launch.Stderr.Number, launch.Status?.Number ?? -1, wake.Number, process.ExitHandle];
        for (var i = 0; i < numbers.Length; i++)
            fds[i] = new Libc.PollFd { Fd = numbers[i], Events = Libc.POLLIN };

        while (fds[exitAt].Returned == 0)
        {
            if (Libc.poll(fds, 5, NextTimeout()) < 0)
                continue;
            if (fds[stdoutAt].Returned != 0 && !Drain(launch.Stdout, stdout))
                fds[stdoutAt].Fd = -1;
            if (fds[stderrAt].Returned != 0 && !Drain(launch.Stderr, stderr))
                fds[stderrAt].Fd = -1;
            if (fds[statusAt].Returned != 0 && !process.ReadStatus())
                fds[statusAt].Fd = -1;
            if (fds[wakeAt].Returned != 0)
                wake.Read(buffer.AsSpan(0, 8));
            if (startedAt == 0 && process.IsReady)
                Release();
            Enforce();
            live.SendDue();
        }
    }

    private void Release()
    {
        if (Asked is not null || !process.Release(setup.HasProcessGroup, setup.HasMemoryGroup))
            return;
        startedAt = Stopwatch.GetTimestamp();
        deadline = After(run.WallTime);
        live.Started(new SandboxStarted(System.Environment.MachineName, process.Root, setup.Clock.GetUtcNow()));
    }

    private void Enforce()
    {
        var asked = Asked;
        if (killed is null && asked == SandboxReason.Cancelled && startedAt != 0)
        {
            killed = asked;
            deadline = Math.Min(deadline, After(setup.Grace));
            process.Terminate();
        }
        else if (asked is { } reason && killed is null && process.IsReady)
        {
            Kill(reason);
        }
        else if (Stopwatch.GetTimestamp() >= deadline)
        {
            Kill(startedAt == 0 ? SandboxReason.StartFailed : SandboxReason.Timeout);
        }
        else if (memory is not null && startedAt != 0 && memory.IsExceeded(process.Members()))
        {
            Kill(SandboxReason.Oom);
        }
    }

    private void Kill(SandboxReason reason)
    {
        killed ??= reason;
        deadline = long.MaxValue;
        process.Kill();
    }

    private int NextTimeout()
    {
        var now = Stopwatch.GetTimestamp();
        var wait = deadline == long.MaxValue ? 60_000 : Math.Max(0, Math.Ceiling(Stopwatch.GetElapsedTime(now, deadline).TotalMilliseconds));
        if (live.DueIn is { } due)
            wait = Math.Min(wait, due);
        if (memory is not null && startedAt != 0)
            wait = Math.Min(wait, MemoryWatcher.IntervalMilliseconds);
        return (int)Math.Min(wait, 1_000); // looks once a second even when nothing tells it to
    }

    /// <summary>Takes what is there; false at the end of the stream.</summary>
    private bool Drain(Descriptor pipe, OutputCapture capture)
    {
        for (var turns = 0; turns < 16; turns++)
        {
            var read = pipe.Read(buffer);
            if (read <= 0)
                return read < 0;
            capture.Append(buffer.AsSpan(0, read));
        }
        return true;
    }

    private static long After(TimeSpan time)
    {
        var ticks = time.TotalSeconds * Stopwatch.Frequency;
        return ticks > long.MaxValue / 2 ? long.MaxValue : Stopwatch.GetTimestamp() + (long)ticks;
    }
}
