namespace Platform.Sandbox.Linux;

/// <summary>Stands in for a memory control group: looks at the tree every 20 ms.</summary>
internal sealed class MemoryWatcher(long limitBytes)
{
    public const int IntervalMilliseconds = 20;

    public long PeakKb { get; private set; }

    /// <summary>Whether the processes, given by their /proc folders, together take more than they may.</summary>
    public bool IsExceeded(IEnumerable<string> processes)
    {
        List<string> all = [.. processes];
        var resident = all.Sum(ProcessTree.ResidentKb);
        // Forked processes share pages, which the cheap sum counts several times: only then is the dear one needed.
        var used = resident * 1024 > limitBytes && all.Count > 1 ? all.Sum(ProcessTree.ProportionalKb) : resident;
        PeakKb = Math.Max(PeakKb, used);
        return used * 1024 > limitBytes;
    }
}
