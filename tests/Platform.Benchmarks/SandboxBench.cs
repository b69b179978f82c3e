using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Platform.Outbound;
using Platform.Sandbox;
using Platform.Sandbox.Egress;

namespace Platform.Benchmarks;

/// <summary>What the platform adds to a run: a run through <see cref="ISandbox"/> against the same command in bare bubblewrap, taken in turns.</summary>
internal static class SandboxBench
{
    private const int Warmup = 10;

    // The namespaces and mounts of a real run, without limits, filter, usage and files.
    private static readonly string[] Bare =
    [
        "--unshare-user", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try", "--disable-userns",
        "--uid", "1000", "--gid", "1000", "--cap-drop", "ALL", "--die-with-parent", "--new-session", "--clearenv",
        "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64",
        "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--tmpfs", "/output", "--chdir", "/tmp",
    ];

    public static async Task<int> RunAsync(int rounds)
    {
        var egress = new EgressProxy(new OutboundGuard(Options.Create(new OutboundOptions()), Dns.GetHostAddressesAsync), NullLogger<EgressProxy>.Instance);
        using var sandbox = new BubblewrapSandbox(Options.Create(new SandboxOptions()), egress, TimeProvider.System, NullLogger<BubblewrapSandbox>.Instance);
        var state = await sandbox.ProbeAsync(CancellationToken.None);
        Console.WriteLine(state);
        if (!state.AcceptsRuns)
            return 1;

        var report = new Report();
        await CompareAsync(report, sandbox, "empty", ["/usr/bin/true"], rounds);
        await CompareAsync(report, sandbox, "python", ["/usr/bin/python3", "-c", "print(1)"], rounds);
        return report.Finish();
    }

    private static async Task CompareAsync(Report report, BubblewrapSandbox sandbox, string name, string[] command, int rounds)
    {
        var run = new SandboxRun { Name = $"bench-{name}", Command = command };
        var ours = new List<double>();
        var theirs = new List<double>();
        for (var i = -Warmup; i < rounds; i++)
        {
            var one = await TimeAsync(() => sandbox.RunAsync(run, CancellationToken.None));
            var other = await TimeAsync(() => BareAsync(command));
            if (i < 0)
                continue;
            ours.Add(one);
            theirs.Add(other);
        }
        report.Add(new Case("sandbox", name, Report.Median(ours), "ms/run", "bare bwrap", Report.Median(theirs), rounds, "at most 3 ms more"));
    }

    private static async Task<double> TimeAsync(Func<Task> action)
    {
        var since = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(since).TotalMilliseconds;
    }

    private static async Task BareAsync(string[] command)
    {
        using var process = Process.Start(new ProcessStartInfo("bwrap", [.. Bare, .. command]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var errors = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await errors;
        await process.WaitForExitAsync();
    }
}
