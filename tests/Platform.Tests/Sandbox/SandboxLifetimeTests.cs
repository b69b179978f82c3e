using System.Diagnostics;
using Platform.Sandbox;
using Platform.Sandbox.Linux;
using static Platform.Tests.Sandbox.SandboxFixture;

namespace Platform.Tests.Sandbox;

[Collection(SandboxTests.Name)]
public sealed class SandboxLifetimeTests(SandboxFixture fixture)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task RunAsync_CallingThreadEnds_RunGoesOn()
    {
        Task<SandboxResult>? run = null;
        var thread = new Thread(() => run = fixture.RunAsync(Bash("sleep 1; echo survived")));
        thread.Start();
        thread.Join();

        Assert.Equal("survived\n", (await run!).Stdout);
    }

    [Fact]
    public async Task RunAsync_PlatformIsKilled_NothingIsLeft()
    {
        using var platform = StartProgram("run");
        var init = int.Parse((await platform.StandardOutput.ReadLineAsync().WaitAsync(Bound))!);
        await UntilAsync(() => ProcessTree.Descendants(init).Count >= 3);
        var tree = ProcessTree.Descendants(init);
        platform.Kill();
        await platform.WaitForExitAsync();

        await UntilAsync(() => !tree.Append(init).Any(IsRunning));

        using var next = Create();
        await next.ProbeAsync(CancellationToken.None);
        Assert.Empty(SupervisorProgram.OwnGroups(platform.Id));
    }

    [Fact]
    public async Task RunAsync_TwoHundredTimes_HoldsNothing()
    {
        using var platform = StartProgram("count", "200");
        var held = (await platform.StandardOutput.ReadToEndAsync().WaitAsync(TimeSpan.FromMinutes(2))).Split(' ');
        await platform.WaitForExitAsync();

        Assert.InRange(int.Parse(held[0]), -5, 2); // the runtime itself opens and closes a few
        Assert.InRange(int.Parse(held[1]), -10, 4);
        Assert.Equal(0, int.Parse(held[2]));
    }

    [Fact]
    public async Task ProbeAsync_ProcessOfADeadPlatform_IsKilled()
    {
        var start = new ProcessStartInfo("/usr/bin/sleep", "300") { UseShellExecute = false };
        start.Environment[BubblewrapLaunch.OwnerVariable] = ProcessIdentity.Own.Split('-')[0] + "-999999999-1";
        using var orphan = Process.Start(start)!;
        start.Environment[BubblewrapLaunch.OwnerVariable] = ProcessIdentity.Own;
        using var sibling = Process.Start(start)!;
        try
        {
            using var next = Create();
            await next.ProbeAsync(CancellationToken.None);

            await orphan.WaitForExitAsync().WaitAsync(Bound);
            Assert.False(sibling.HasExited);
        }
        finally
        {
            sibling.Kill();
        }
    }

    [Fact]
    public async Task DrainAsync_RunThatDoesNotEnd_IsLost()
    {
        using var sandbox = Create(options => options.DrainSeconds = 0);
        var started = new TaskCompletionSource();
        var run = RunAsync(sandbox, Bash("echo early; sleep 300") with { OnOutput = _ => { started.TrySetResult(); return ValueTask.CompletedTask; } });
        await started.Task.WaitAsync(Bound);

        await sandbox.DrainAsync(CancellationToken.None);

        var result = await run;
        Assert.Equal((SandboxReason.Lost, -1, "early\n"), (result.Reason, result.ExitCode, result.Stdout));
        Assert.Equal(SandboxReason.Lost, (await sandbox.RunAsync(Bash("true"), CancellationToken.None)).Reason);
    }

    [Fact]
    public async Task RunAsync_BubblewrapIsKilledFromOutside_IsLost()
    {
        var run = Bash("sleep 300") with
        {
            OnStarted = started =>
            {
                var parent = File.ReadLines($"/proc/{started.ProcessId}/status").Single(line => line.StartsWith("PPid:", StringComparison.Ordinal)).Split('\t')[1];
                using var bubblewrap = Process.GetProcessById(int.Parse(parent));
                bubblewrap.Kill();
                return ValueTask.CompletedTask;
            },
        };

        var result = await fixture.RunAsync(run);

        Assert.Equal((SandboxReason.Lost, -1), (result.Reason, result.ExitCode));
    }

    [Fact]
    public async Task Reap_AdoptedZombie_IsReapedAfterAWhile()
    {
        using var sandbox = Create();
        await sandbox.ProbeAsync(CancellationToken.None); // makes this process a subreaper
        var clock = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(60));
        var adopted = new AdoptedProcesses(clock);
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "setsid sleep 0.2 > /dev/null 2>&1 & echo $!"]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        var orphan = int.Parse((await shell.StandardOutput.ReadLineAsync())!);
        await shell.WaitForExitAsync();
        await UntilAsync(() => Directory.Exists($"/proc/{orphan}") && !IsRunning(orphan));

        clock.Advance(TimeSpan.FromMinutes(1));
        adopted.Reap();
        Assert.True(Directory.Exists($"/proc/{orphan}"));
        clock.Advance(TimeSpan.FromMinutes(1));
        adopted.Reap();

        Assert.False(Directory.Exists($"/proc/{orphan}"));
    }

    // A dead process waits as a zombie until the host's first process takes note.
    private static bool IsRunning(int pid) =>
        KernelFile.Read($"/proc/{pid}/stat") is { } stat && stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');

    private static Process StartProgram(params string[] arguments) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(SupervisorProgram).Assembly.Location, .. arguments]) { RedirectStandardOutput = true, UseShellExecute = false })!;

    private static async Task UntilAsync(Func<bool> condition)
    {
        var since = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Bound, "The condition does not come true.");
            await Task.Delay(20);
        }
    }
}
