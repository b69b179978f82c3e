using System.Text;
using Microsoft.Extensions.Options;
using Platform.Sandbox;
using Platform.Sandbox.Linux;

namespace Platform.Tests.Sandbox;

public sealed class SandboxPartsTests
{
    [Theory]
    [InlineData("aé", 2, "a")]
    [InlineData("ab€", 4, "ab")]
    [InlineData("a😀", 4, "a")]
    [InlineData("aéb", 3, "aé")]
    public void Text_CutInsideACharacter_DropsIt(string written, int limit, string kept)
    {
        var capture = new OutputCapture(limit);
        foreach (var one in Encoding.UTF8.GetBytes(written))
            capture.Append([one]);

        Assert.Equal($"{kept}\n[output truncated at {limit} bytes]", capture.Text());
    }

    [Fact]
    public void Text_ExactlyFull_IsNotCut()
    {
        var capture = new OutputCapture(4);
        capture.Append("abcd"u8);

        Assert.Equal(("abcd", false), (capture.Text(), capture.Truncated));
    }

    [Fact]
    public void Parse_Version1InAContainer_StripsTheMountsRoot()
    {
        var layout = ControlGroupLayout.Parse(
            "5:memory:/docker/abc/inner\n4:cpu,cpuacct:/docker/abc\n0::/\n",
            "30 20 0:25 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n31 20 0:26 /docker/abc /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct\n");

        Assert.Equal("/sys/fs/cgroup/memory/inner", layout.Version1["memory"]);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.Version1["cpu"]);
        Assert.Equal("/sys/fs/cgroup/cpu,cpuacct", layout.Version1["cpuacct"]);
        Assert.Null(layout.Version2);
    }

    [Fact]
    public void Parse_Version2_FindsTheOwnFolder()
    {
        var layout = ControlGroupLayout.Parse("0::/system.slice/platform.service\n", "24 20 0:21 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n");

        Assert.Equal("/sys/fs/cgroup/system.slice/platform.service", layout.Version2);
        Assert.Empty(layout.Version1);
    }

    [Fact]
    public async Task RemoveOrphans_BySeveralAtOnce_LeavesNothingOfAProcessThatHasEnded()
    {
        var space = ProcessIdentity.Own.Split('-')[0];
        for (var round = 0; round < 50; round++)
        {
            var left = Directory.CreateTempSubdirectory($"platform-sandbox-{space}-{Environment.ProcessId}-1-").FullName; // an earlier process of this number
            foreach (var name in Enumerable.Range(0, 30))
                Directory.CreateDirectory(Path.Combine(left, $"{name}", "inner"));

            await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Task.Run(WorkFolders.RemoveOrphans)));

            Assert.False(Directory.Exists(left));
        }
    }

    [Fact]
    public void TryReserve_FullPool_AnswersNullUntilSomethingIsFree()
    {
        var pool = new SandboxPool(Options.Create(new SandboxOptions { Cpu = 4, MemoryMb = 1000 }));
        var first = pool.TryReserve(2, 500L << 20);
        Assert.NotNull(first);
        Assert.Null(pool.TryReserve(2, 1));
        Assert.Null(pool.TryReserve(0.1, 600L << 20));
        using var small = pool.TryReserve(1, 100L << 20);
        Assert.NotNull(small);

        first.Dispose();
        first.Dispose();

        Assert.Equal(2.6, pool.FreeCpuCores, 6);
        Assert.Equal(800L << 20, pool.FreeMemoryBytes);
    }

    [Fact]
    public async Task ReserveAsync_FullPool_ServesInOrderAndSkipsThoseWhoGaveUp()
    {
        var pool = new SandboxPool(Options.Create(new SandboxOptions { Cpu = 2, MemoryMb = 1000 }));
        using var cancel = new CancellationTokenSource();
        var held = await pool.ReserveAsync(1.5, 1, CancellationToken.None);
        var large = pool.ReserveAsync(1.6, 1, cancel.Token);
        var small = pool.ReserveAsync(0.2, 1, CancellationToken.None);

        Assert.Null(pool.TryReserve(0.1, 1)); // it would fit, but others came first
        Assert.False(small.IsCompleted);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => large);
        using var second = await small.WaitAsync(TimeSpan.FromSeconds(10));
        held.Dispose();

        Assert.Equal(1.6, pool.FreeCpuCores, 6);
    }

    [Fact]
    public void TryReserve_LargerThanTheIdlePool_IsGrantedAlone()
    {
        var pool = new SandboxPool(Options.Create(new SandboxOptions { Cpu = 1, MemoryMb = 100 }));
        using var large = pool.TryReserve(2, 512L << 20);

        Assert.NotNull(large);
        Assert.Null(pool.TryReserve(0.1, 1));
    }
}
