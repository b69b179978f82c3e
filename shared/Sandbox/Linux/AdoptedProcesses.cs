namespace Platform.Sandbox.Linux;

/// <summary>As a child subreaper this process also inherits what other children of it leave behind, and nobody waits for those.</summary>
internal sealed class AdoptedProcesses(TimeProvider clock)
{
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(30);
    private HashSet<int> _seen = [];
    private long _lookedAt;

    /// <summary>Reaps the dead children that were dead half a minute ago too: their own waiter, if any, would have taken them.</summary>
    public unsafe int Reap()
    {
        if (clock.GetElapsedTime(_lookedAt) < LongEnough)
            return 0;
        _lookedAt = clock.GetTimestamp();
        var dead = ProcessTree.Processes().Where(IsDeadChild).ToHashSet();
        var reaped = 0;
        foreach (var pid in dead.Where(_seen.Contains))
        {
            int status;
            if (Libc.wait4(pid, &status, Libc.WNOHANG, null) == pid)
                reaped++;
        }
        _seen = dead;
        return reaped;
    }

    private static bool IsDeadChild(int pid)
    {
        if (KernelFile.Read($"/proc/{pid}/stat") is not { } stat)
            return false;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ', 3);
        return fields is ["Z", var parent, ..] && int.Parse(parent) == System.Environment.ProcessId;
    }
}
