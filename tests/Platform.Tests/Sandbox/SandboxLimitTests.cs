using System.Diagnostics;
using Platform.Sandbox;
using static Platform.Tests.Sandbox.SandboxFixture;

namespace Platform.Tests.Sandbox;

/// <summary>The limits hold with control groups and without them.</summary>
[Collection(SandboxTests.Name)]
public sealed class SandboxLimitTests(SandboxFixture fixture) : IDisposable
{
    private const string ForkBomb = """
        import os, time
        made = 0
        while True:
            try:
                if os.fork() == 0:
                    time.sleep(60)
                made += 1
            except OSError as e:
                print('stopped', made, type(e).__name__, flush=True)
                break
        """;

    private readonly BubblewrapSandbox _plain = Create(options => options.UseCgroups = false);

    public void Dispose() => _plain.Dispose();

    [Fact]
    public async Task RunAsync_TooLong_KillsTheTreeAndKeepsOutput()
    {
        var since = Stopwatch.GetTimestamp();
        var result = await fixture.RunAsync(Bash("echo partial; (trap '' TERM; sleep 100) & sleep 100") with { WallTime = TimeSpan.FromMilliseconds(500) });

        Assert.Equal((SandboxReason.Timeout, -1, "partial\n"), (result.Reason, result.ExitCode, result.Stdout));
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalSeconds, 0.5, 5);
        Assert.InRange(result.Usage!.WallSeconds, 0.5, 5);
    }

    [Fact]
    public async Task RunAsync_CancelledProgramThatListens_EndsItself()
    {
        using var cancel = new CancellationTokenSource();
        var run = Bash("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done") with { OnOutput = _ => new ValueTask(cancel.CancelAsync()) };
        var result = await fixture.RunAsync(run, cancel.Token);

        Assert.Equal((SandboxReason.Cancelled, -1, "ready\nbye\n"), (result.Reason, result.ExitCode, result.Stdout));
    }

    [Fact]
    public async Task RunAsync_CancelledProgramThatDoesNotListen_IsKilledAfterTheGrace()
    {
        using var cancel = new CancellationTokenSource();
        var since = 0L;
        var run = Python("import signal, time\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\nprint('ready', flush=True)\nwhile True: time.sleep(1)") with
        {
            OnOutput = _ =>
            {
                since = Stopwatch.GetTimestamp();
                return new ValueTask(cancel.CancelAsync());
            },
        };
        var result = await fixture.RunAsync(run, cancel.Token);

        Assert.Equal((SandboxReason.Cancelled, -1, "ready\n"), (result.Reason, result.ExitCode, result.Stdout));
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalSeconds, 1.8, 6);
    }

    [Fact]
    public async Task RunAsync_CancelledBeforeStart_NeverRuns()
    {
        var result = await fixture.RunAsync(Bash("echo ran"), new CancellationToken(canceled: true));

        Assert.Equal((SandboxReason.Cancelled, ""), (result.Reason, result.Stdout));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_TooMuchMemory_IsOom(bool groups)
    {
        var script = "print('before', flush=True)\nkeep = []\nfor i in range(2048): keep.append(bytearray(1 << 20))\nprint('after')";
        var result = await RunAsync(groups ? fixture.Sandbox : _plain, Python(script) with { MemoryBytes = 128 << 20 });

        Assert.Equal((SandboxReason.Oom, 137, "before\n"), (result.Reason, result.ExitCode, result.Stdout));
        Assert.InRange(result.Usage!.PeakMemoryKb, 100_000, 700_000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_TwoGibibytesAtOnce_IsOom(bool groups)
    {
        var result = await RunAsync(groups ? fixture.Sandbox : _plain, Python("x = bytearray(2 << 30)\nprint('had it')"));

        Assert.Equal((SandboxReason.Oom, 137, ""), (result.Reason, result.ExitCode, result.Stdout));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_ForkBomb_IsContainedAndGone(bool groups)
    {
        var result = await RunAsync(groups ? fixture.Sandbox : _plain, Python(ForkBomb) with { WallTime = TimeSpan.FromSeconds(30), MaxProcesses = 64 });

        Assert.Equal((SandboxReason.Exited, 0), (result.Reason, result.ExitCode));
        var words = result.Stdout.Split(' ');
        Assert.InRange(int.Parse(words[1]), 50, 64);
        Assert.StartsWith("BlockingIOError", words[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_EndlessForkingShell_EndsWithTheTimeout()
    {
        var result = await fixture.RunAsync(Bash("bomb() { bomb | bomb & }; bomb; sleep 60") with { WallTime = TimeSpan.FromSeconds(1) });

        Assert.NotEqual(SandboxReason.StartFailed, result.Reason);
        Assert.InRange(result.Usage!.WallSeconds, 0, 15);
    }

    [Fact]
    public async Task RunAsync_EndlessOutput_IsCutAndMarked()
    {
        var result = await fixture.RunAsync(Bash("yes abcdefg") with { WallTime = TimeSpan.FromSeconds(1), StdoutLimit = 10_001 });

        Assert.Equal(SandboxReason.Timeout, result.Reason);
        Assert.True(result.OutputTruncated);
        Assert.EndsWith("\na\n[output truncated at 10001 bytes]", result.Stdout, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TenMebibytesOfOutput_KeepsOneOfEach()
    {
        var result = await fixture.RunAsync(Python("import sys\nfor i in range(10):\n sys.stdout.write('o' * (1 << 20))\n sys.stderr.write('e' * (1 << 20))"));

        Assert.Equal((SandboxReason.Exited, 0, true), (result.Reason, result.ExitCode, result.OutputTruncated));
        Assert.Equal(new string('o', 1 << 20) + "\n[output truncated at 1048576 bytes]", result.Stdout);
        Assert.EndsWith("e\n[output truncated at 1048576 bytes]", result.Stderr, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/tmp")]
    [InlineData("/output")]
    [InlineData("/dev/shm")]
    public async Task RunAsync_FullFolder_IsFull(string folder)
    {
        var result = await fixture.RunAsync(Bash($"head -c 50M /dev/zero > {folder}/big; stat -c %s {folder}/big"));

        Assert.Contains("No space left", result.Stderr, StringComparison.Ordinal);
        Assert.InRange(long.Parse(result.Stdout), 1 << 20, 10 << 20);
    }

    [Fact]
    public async Task RunAsync_OpenFilesAndCores_AreLimited()
    {
        var result = await fixture.RunAsync(Bash("ulimit -n; ulimit -Hn; ulimit -c; ulimit -Hc"));

        Assert.Equal("256\n256\n0\n0\n", result.Stdout);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_BusyProgram_ReportsItsCpuTime(bool groups)
    {
        const string script = """
            import os, time
            def burn(seconds):
                end = time.process_time() + seconds
                while time.process_time() < end: pass
            child = os.fork()
            burn(0.3)
            if child: os.waitpid(child, 0)
            """;
        var result = await RunAsync(groups ? fixture.Sandbox : _plain, Python(script));

        Assert.InRange(result.Usage!.CpuTimeJiffies, 60, 119); // two times 0.3 s and the interpreter's start; counted twice it would be at least 120
    }

    [Fact]
    public async Task RunAsync_WatchedShortPrograms_EndAsTheyShould()
    {
        await _plain.ProbeAsync(CancellationToken.None);
        await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
        {
            var result = await RunAsync(_plain, Bash($"exit {i % 100}"), ct);
            Assert.Equal((SandboxReason.Exited, i % 100), (result.Reason, result.ExitCode)); // the watcher looks while the program's last process ends
        });
    }

    [Fact]
    public async Task RunAsync_CpuShare_IsEnforced()
    {
        if (fixture.Sandbox.State.CpuLimit == "none")
            return; // the state says so, which is all that such a host can do
        var result = await fixture.RunAsync(Python("import time\nend = time.monotonic() + 1\nwhile time.monotonic() < end: pass") with { CpuCores = 0.25 });

        Assert.InRange(result.Usage!.CpuTimeJiffies, 10, 45);
    }

    [Fact]
    public async Task RunAsync_LiveOutput_ComesInOrderAndIsThrottled()
    {
        var chunks = new List<(TimeSpan At, OutputChunk Chunk)>();
        var since = Stopwatch.GetTimestamp();
        var run = Python("import time\nfor i in range(100):\n print('ünit', i, flush=True)\n time.sleep(0.01)") with
        {
            OnOutput = chunk =>
            {
                chunks.Add((Stopwatch.GetElapsedTime(since), chunk));
                return ValueTask.CompletedTask;
            },
        };
        var result = await fixture.RunAsync(run);

        Assert.Equal(result.Stdout, string.Concat(chunks.Select(chunk => chunk.Chunk.Text)));
        Assert.InRange(chunks.Count, 5, (int)(result.Usage!.WallSeconds * 10) + 3);
        Assert.All(chunks, chunk => Assert.True(System.Text.Encoding.UTF8.GetByteCount(chunk.Chunk.Text) <= 4096));
    }

    [Fact]
    public async Task RunAsync_FloodOfLiveOutput_StaysBounded()
    {
        var bytes = 0;
        var calls = 0;
        var run = Bash("head -c 3000000 /dev/urandom; head -c 100000 /dev/zero >&2; sleep 0.5") with
        {
            OnOutput = chunk =>
            {
                calls++;
                bytes = Math.Max(bytes, System.Text.Encoding.UTF8.GetByteCount(chunk.Text));
                return ValueTask.CompletedTask;
            },
        };
        var result = await fixture.RunAsync(run);

        Assert.InRange(bytes, 1, 4096);
        Assert.InRange(calls, 2, (int)(result.Usage!.WallSeconds * 10) + 4);
    }

    [Fact]
    public async Task RunAsync_CallbackThatThrows_DoesNotHarmTheRun()
    {
        var result = await fixture.RunAsync(Bash("echo fine") with { OnOutput = _ => throw new InvalidOperationException("mine") });

        Assert.Equal((SandboxReason.Exited, "fine\n"), (result.Reason, result.Stdout));
    }
}
