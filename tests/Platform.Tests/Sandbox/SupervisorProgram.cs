using Platform.Sandbox;

namespace Platform.Tests.Sandbox;

/// <summary>A platform process of its own for the tests that kill one or count what it holds.</summary>
public static class SupervisorProgram
{
    public static async Task<int> Main(string[] args)
    {
        using var sandbox = SandboxFixture.Create();
        switch (args)
        {
            case ["run"]:
                var run = SandboxFixture.Bash("setsid sleep 300 & sleep 300") with
                {
                    WallTime = TimeSpan.FromMinutes(5),
                    OnStarted = started => new ValueTask(Console.Out.WriteLineAsync($"{started.ProcessId}")),
                };
                await sandbox.RunAsync(run, CancellationToken.None);
                return 0;
            case ["count", var runs]:
                await RunManyAsync(sandbox, 30);
                var before = Held();
                await RunManyAsync(sandbox, int.Parse(runs));
                var after = Held();
                await Console.Out.WriteLineAsync($"{after.Descriptors - before.Descriptors} {after.Threads - before.Threads} {after.Groups}");
                return 0;
            default:
                return 2;
        }
    }

    private static Task RunManyAsync(BubblewrapSandbox sandbox, int count) => Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (i, ct) =>
    {
        var run = SandboxFixture.Bash(i % 10 == 0 ? "sleep 5" : "echo x") with { CollectOutput = true, WallTime = TimeSpan.FromMilliseconds(i % 10 == 0 ? 50 : 5000) };
        await sandbox.RunAsync(run with { Stdin = new byte[] { 1 } }, ct);
    });

    private static (int Descriptors, int Threads, int Groups) Held()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return (Directory.GetFiles("/proc/self/fd").Length, Directory.GetDirectories("/proc/self/task").Length, OwnGroups(Environment.ProcessId).Count);
    }

    internal static List<string> OwnGroups(int owner) =>
        [.. Directory.EnumerateDirectories("/sys/fs/cgroup", "platform-sandbox", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 6 })
            .SelectMany(Directory.GetDirectories)
            .Where(folder => Path.GetFileName(folder).Contains($"-{owner}-", StringComparison.Ordinal))];
}
