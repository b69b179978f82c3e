using System.Text;
using Platform.Sandbox;
using static Platform.Tests.Sandbox.SandboxFixture;

namespace Platform.Tests.Sandbox;

public sealed class SandboxStateTests
{
    [Fact]
    public async Task ProbeAsync_WorkingHost_SaysWhatIsInForce()
    {
        using var sandbox = Create();
        Assert.False(sandbox.State.AcceptsRuns);

        var state = await sandbox.ProbeAsync(CancellationToken.None);

        Assert.Equal(SandboxHealth.Healthy, state.Health);
        Assert.StartsWith("bubblewrap ", state.Isolation, StringComparison.Ordinal);
        Assert.StartsWith("seccomp ", state.SystemCallFilter, StringComparison.Ordinal);
        Assert.Equal(state with { CheckedAt = default }, (await sandbox.ProbeAsync(CancellationToken.None)) with { CheckedAt = default });
    }

    [Fact]
    public async Task ProbeAsync_NoControlGroups_FallsBack()
    {
        using var sandbox = Create(options => options.UseCgroups = false);

        var state = await sandbox.ProbeAsync(CancellationToken.None);

        Assert.Equal(("watcher", "rlimit", "none", true), (state.MemoryLimit, state.ProcessLimit, state.CpuLimit, state.AcceptsRuns));
    }

    [Fact]
    public async Task RunAsync_NoBubblewrap_IsRefused()
    {
        using var sandbox = Create(options => options.BubblewrapPath = "/nonexistent/bwrap");

        var result = await sandbox.RunAsync(Bash("echo ran"), CancellationToken.None);

        Assert.Equal((SandboxReason.StartFailed, ""), (result.Reason, result.Stdout));
        Assert.Contains("not installed", result.Detail, StringComparison.Ordinal);
        Assert.Equal((SandboxHealth.Unavailable, "none"), (sandbox.State.Health, sandbox.State.Isolation));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task ProbeAsync_BubblewrapThatCannotMakeNamespaces_IsUnavailable()
    {
        var path = Path.Combine(Path.GetTempPath(), $"bwrap-{Guid.NewGuid()}");
        await File.WriteAllTextAsync(path, "#!/bin/sh\ncase $1 in --version) echo bubblewrap 0.8.0;; --help) echo --json-status-fd --perms --size;; *) echo 'bwrap: No permissions' >&2; exit 1;; esac\n");
        File.SetUnixFileMode(path, (UnixFileMode)0b111_101_101);
        try
        {
            using var sandbox = Create(options => options.BubblewrapPath = path);
            var state = await sandbox.ProbeAsync(CancellationToken.None);

            Assert.Equal(SandboxHealth.Unavailable, state.Health);
            Assert.Contains("No permissions", state.Detail, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task RunAsync_UnconfinedAllowed_RunsAndSaysSo()
    {
        using var sandbox = Create(options => (options.BubblewrapPath, options.AllowUnconfined) = ("/nonexistent/bwrap", true));
        var run = Bash("cat; echo $1 $EXECUTION_ID; echo artifact > $OUTPUT_PATH/a; pwd; setsid sleep 300 & exit 4") with
        {
            Arguments = ["arg"],
            Stdin = Encoding.UTF8.GetBytes("in "),
            ExecutionId = "id-1",
            CollectOutput = true,
        };

        var result = await RunAsync(sandbox, run);

        Assert.Equal((SandboxReason.Exited, 4), (result.Reason, result.ExitCode));
        Assert.StartsWith("in arg id-1\n", result.Stdout, StringComparison.Ordinal);
        Assert.Equal("a", Assert.Single(result.Files).Name);
        Assert.False(Directory.Exists(result.Stdout.Split('\n')[1]), "The work folder is left.");
        Assert.Equal((SandboxHealth.Degraded, "unconfined"), (sandbox.State.Health, sandbox.State.Isolation));
    }

    [Fact]
    public async Task RunAsync_UnconfinedTimeout_KillsTheGroup()
    {
        using var sandbox = Create(options => (options.BubblewrapPath, options.AllowUnconfined) = ("/nonexistent/bwrap", true));

        var result = await RunAsync(sandbox, Bash("echo early; sleep 300 & sleep 300") with { WallTime = TimeSpan.FromMilliseconds(300) });

        Assert.Equal((SandboxReason.Timeout, -1, "early\n"), (result.Reason, result.ExitCode, result.Stdout));
    }
}
