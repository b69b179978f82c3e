using System.Globalization;

namespace Platform.Sandbox.Linux;

/// <summary>The control group of one run, one folder per controller on version 1 and one for all on version 2.</summary>
internal sealed class ControlGroup(int version, IReadOnlyDictionary<string, string> folders, IReadOnlyDictionary<string, string> own) : IDisposable
{
    private const int CpuPeriodMicroseconds = 100_000;
    private const long SmallestMemory = 8L << 20; // below it bubblewrap itself does not start

    /// <summary>A limit whose reading back shows that the controller works; null where making the group shows it.</summary>
    public static (string File, string Value)? Probe(int version, string controller) => (version, controller) switch
    {
        (1, "memory") => ("memory.limit_in_bytes", "67108864"),
        (1, "cpu") => ("cpu.cfs_quota_us", "50000"),
        (2, "memory") => ("memory.max", "67108864"),
        (2, "cpu") => ("cpu.max", "50000 100000"),
        (_, "pids") => ("pids.max", "64"),
        _ => null,
    };

    public void Limit(SandboxRun run)
    {
        foreach (var folder in folders.Values.Distinct())
            Directory.CreateDirectory(folder);
        var memory = Math.Max(run.MemoryBytes, SmallestMemory).ToString(CultureInfo.InvariantCulture);
        var quota = ((long)Math.Max(1000, run.CpuCores * CpuPeriodMicroseconds)).ToString(CultureInfo.InvariantCulture);
        Require("pids", "pids.max", (run.MaxProcesses + 2).ToString(CultureInfo.InvariantCulture)); // bubblewrap and its init count too
        if (version == 1)
        {
            Require("memory", "memory.limit_in_bytes", memory);
            Set("memory", "memory.memsw.limit_in_bytes", memory); // kernels without swap accounting lack these two
            Require("cpu", "cpu.cfs_quota_us", quota);
            return;
        }
        Require("memory", "memory.max", memory);
        Set("memory", "memory.swap.max", "0");
        Require("cpu", "cpu.max", $"{quota} {CpuPeriodMicroseconds}");
    }

    /// <summary>Version 1: the calling thread enters, so that what it starts is born inside. Moving another process costs up to 20 ms (an RCU grace period).</summary>
    /// <exception cref="IOException">The thread could not enter: nothing may be started.</exception>
    public void Enter()
    {
        if (!MoveThread(folders))
            throw new IOException("The control group cannot be entered.");
    }

    public void Leave() => MoveThread(own);

    /// <summary>Version 2 knows no threads here: the waiting process is moved before it is released.</summary>
    /// <exception cref="IOException">The process is not in the group and must not be released.</exception>
    public void Attach(int pid)
    {
        if (version == 2 && !KernelFile.Write($"{folders.Values.First()}/cgroup.procs", pid.ToString(CultureInfo.InvariantCulture)))
            throw new IOException("The control group cannot be entered.");
    }

    /// <summary>CPU seconds of everything that ever ran in the group.</summary>
    public double? CpuSeconds() => version switch
    {
        1 when folders.TryGetValue("cpuacct", out var folder) => KernelFile.ReadNumber($"{folder}/cpuacct.usage") / 1e9,
        2 when folders.TryGetValue("cpu", out var folder) => KernelFile.ReadNumber($"{folder}/cpu.stat", "usage_usec") / 1e6,
        _ => null,
    };

    public long? PeakBytes() => folders.TryGetValue("memory", out var folder)
        ? KernelFile.ReadNumber(version == 1 ? $"{folder}/memory.max_usage_in_bytes" : $"{folder}/memory.peak")
        : null;

    /// <summary>Processes that the kernel killed for want of memory.</summary>
    public long OomKills() => folders.TryGetValue("memory", out var folder)
        ? KernelFile.ReadNumber(version == 1 ? $"{folder}/memory.oom_control" : $"{folder}/memory.events", "oom_kill") ?? 0
        : 0;

    public void Dispose()
    {
        foreach (var folder in folders.Values.Distinct())
        {
            if (!Remove(folder))
            {
                KillMembers(folder);
                Remove(folder);
            }
        }
    }

    public static bool Remove(string folder)
    {
        try
        {
            // rmdir, never recursive: the files of a group belong to the kernel.
            Directory.Delete(folder);
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public static void KillMembers(string folder)
    {
        foreach (var line in (KernelFile.Read($"{folder}/cgroup.procs") ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (int.TryParse(line, out var pid) && pid > 0 && pid != System.Environment.ProcessId)
                _ = Libc.kill(pid, Libc.SIGKILL);
        }
    }

    // 0 is the calling thread; naming it would take the slow way. All folders are tried even when one fails.
    private bool MoveThread(IReadOnlyDictionary<string, string> to)
    {
        var moved = true;
        if (version == 1)
        {
            foreach (var folder in to.Values.Distinct())
                moved &= KernelFile.Write($"{folder}/tasks", "0");
        }
        return moved;
    }

    private bool Set(string controller, string file, string value) =>
        !folders.TryGetValue(controller, out var folder) || KernelFile.Write($"{folder}/{file}", value);

    private void Require(string controller, string file, string value)
    {
        if (!Set(controller, file, value))
            throw new IOException($"The limit {file} cannot be set.");
    }
}
