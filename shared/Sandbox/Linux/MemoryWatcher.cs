namespace Platform.Sandbox.Linux;

/// <summary>Stands in for a memory control group: looks at the tree every 20 ms.</summary>
internal sealed class MemoryWatcher(long limitBytes)
{
    public const int IntervalMilliseconds = 20;

    public long PeakKb { get; private set; }

    /// <summary>Whether the tree below <paramref name="root"/> takes more than it may.</summary>
    public bool IsExceeded(int root)
    {
        var tree = ProcessTree.Descendants(root);
        var resident = tree.Sum(ProcessTree.ResidentKb);
        // Forked processes share pages, which the cheap sum counts several times: only then is the dear one needed.
        var used = resident * 1024 > limitBytes && tree.Count > 1 ? tree.Sum(ProcessTree.ProportionalKb) : resident;
        PeakKb = Math.Max(PeakKb, used);
        return used * 1024 > limitBytes;
    }
}
