using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Platform.Sandbox;
using static Platform.Tests.Sandbox.SandboxFixture;

namespace Platform.Tests.Sandbox;

/// <summary>Every byte as it comes, the pressure back on the program, and the time to end.</summary>
[Collection(SandboxTests.Name)]
public sealed class SandboxBytesTests(SandboxFixture fixture)
{
    [Fact]
    public async Task OnBytes_MuchOutput_ComesWholeAndInOrderAndKeepsNothing()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var errors = new StringBuilder();
        var run = Bash("seq 1 2000000; echo oops >&2") with
        {
            StdoutLimit = 0,
            StderrLimit = 0,
            OnBytes = (stream, bytes) =>
            {
                if (stream == OutputStream.Stdout)
                    hash.AppendData(bytes.Span);
                else
                    errors.Append(Encoding.UTF8.GetString(bytes.Span));
                return ValueTask.CompletedTask;
            },
        };
        var result = await fixture.RunAsync(run);

        var expected = SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(1, 2_000_000).Select(i => $"{i}\n"))));
        Assert.Equal(Convert.ToHexString(expected), Convert.ToHexString(hash.GetCurrentHash()));
        Assert.Equal("oops\n", errors.ToString());
        Assert.Equal((SandboxReason.Exited, 0, "", "", false), (result.Reason, result.ExitCode, result.Stdout, result.Stderr, result.OutputTruncated));
    }

    [Fact]
    public async Task OnBytes_SlowTaker_MakesTheProgramWait()
    {
        var gate = new TaskCompletionSource();
        long taken = 0;
        using var cancel = new CancellationTokenSource();
        var first = new TaskCompletionSource();
        var running = fixture.RunAsync(
            Bash("yes") with
            {
                OnBytes = async (_, bytes) =>
                {
                    first.TrySetResult();
                    await gate.Task;
                    Interlocked.Add(ref taken, bytes.Length);
                },
            },
            cancel.Token);
        await first.Task;
        await cancel.CancelAsync();
        gate.SetResult();
        var result = await running;

        Assert.Equal(SandboxReason.Cancelled, result.Reason);
        Assert.InRange(Interlocked.Read(ref taken), 1, 4 << 20); // what is under way at most: 256 KiB, one turn of reading and the pipe
    }

    [Fact]
    public async Task Grace_WallTimeOver_LetsTheProgramSayGoodbye()
    {
        var run = Bash("trap 'echo bye; exit 0' TERM; echo ready; while :; do sleep 0.05; done") with { WallTime = TimeSpan.FromMilliseconds(300), Grace = TimeSpan.FromSeconds(30) };
        var since = Stopwatch.GetTimestamp();
        var result = await fixture.RunAsync(run);

        Assert.Equal((SandboxReason.Timeout, "ready\nbye\n"), (result.Reason, result.Stdout));
        Assert.InRange(Stopwatch.GetElapsedTime(since).TotalSeconds, 0, 20);
    }

    [Fact]
    public async Task Grace_ProgramThatDoesNotListen_IsKilledAfterIt()
    {
        var run = Bash("trap '' TERM; while :; do sleep 0.05; done") with { WallTime = TimeSpan.FromMilliseconds(200), Grace = TimeSpan.FromMilliseconds(300) };
        var result = await fixture.RunAsync(run);

        Assert.Equal((SandboxReason.Timeout, -1), (result.Reason, result.ExitCode));
    }

    [Fact]
    public async Task MaxFileBytes_LargerFile_EndsTheWriter()
    {
        var result = await fixture.RunAsync(Bash("head -c 3000000 /dev/zero > /tmp/large; echo $?; stat -c %s /tmp/large") with { MaxFileBytes = 1 << 20 });

        Assert.Equal("153\n1048576\n", result.Stdout); // 128 + SIGXFSZ
    }
}
