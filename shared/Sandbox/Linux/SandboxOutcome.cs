namespace Platform.Sandbox.Linux;

/// <summary>Reads the end of a run: why, with which code, at what cost.</summary>
internal sealed class SandboxOutcome(SandboxRun run, SandboxSetup setup, SandboxProcess process, SandboxReason? killed, MemoryWatcher? memory)
{
    private const int TicksPerSecond = 100;
    private const int HighestSignal = 64;

    public SandboxResult Result(bool started, double wallSeconds, OutputCapture stdout, OutputCapture stderr)
    {
        var (reason, code) = Reason(started);
        // Before the program runs, the only writer is bubblewrap itself.
        if (reason == SandboxReason.StartFailed)
            return new SandboxResult { ExitCode = -1, Reason = reason, Detail = Detail(stderr) };
        return new SandboxResult
        {
            ExitCode = code,
            Reason = reason,
            Stdout = stdout.Text(),
            Stderr = stderr.Text(),
            OutputTruncated = stdout.Truncated || stderr.Truncated,
            Usage = started ? Usage(wallSeconds) : null,
            Files = process.Output?.Read() ?? [],
            Detail = reason == SandboxReason.Lost ? "The sandbox ended without an exit code." : null,
        };
    }

    private (SandboxReason Reason, int Code) Reason(bool started)
    {
        if (killed is { } reason)
            return (reason, reason == SandboxReason.Oom ? 128 + Libc.SIGKILL : -1);
        if (process.ExitCode is not { } code)
            return (started && process.WasKilled ? SandboxReason.Lost : SandboxReason.StartFailed, -1);
        if (code != 0 && setup.Group?.OomKills() > 0)
            return (SandboxReason.Oom, 128 + Libc.SIGKILL);
        if (code == 128 + Libc.SIGSYS && setup.HasFilter)
            return (SandboxReason.BlockedSystemCall, code);
        // bubblewrap reports a signal only as 128 + n, as a shell does.
        return (code is > 128 and <= 128 + HighestSignal ? SandboxReason.Signaled : SandboxReason.Exited, code);
    }

    private ResourceUsage Usage(double wallSeconds)
    {
        // The group counts what the run was charged for, a process's size also what it shares with others: the larger one is what it took to run.
        var peak = new[] { setup.Group?.PeakBytes() / 1024 ?? 0, process.Usage?.MaxRssKb ?? 0, memory?.PeakKb ?? 0 }.Max();
        return new ResourceUsage(Math.Round(wallSeconds, 6), (long)Math.Floor(process.CpuSecondsUsed() * TicksPerSecond), TicksPerSecond, peak);
    }

    private string Detail(OutputCapture stderr)
    {
        var text = stderr.Text().Trim();
        return killed is not null || text.Length == 0 ? $"{run.Name} did not start in time." : text;
    }
}
