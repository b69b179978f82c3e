using System.Globalization;

namespace Platform.Sandbox.Linux;

/// <summary>The processes below one process, as the host numbers them.</summary>
internal static class ProcessTree
{
    private static readonly bool ListsChildren = File.Exists($"/proc/self/task/{System.Environment.ProcessId}/children");

    public static List<int> Descendants(int root)
    {
        var found = new List<int>();
        var open = new Stack<int>([root]);
        // Kernels built without the children file make us look at every process once.
        var all = ListsChildren ? null : Processes().ToLookup(Parent);
        while (open.TryPop(out var pid))
        {
            foreach (var child in all is null ? Children(pid) : all[pid])
            {
                found.Add(child);
                open.Push(child);
            }
        }
        return found;
    }

    /// <summary>Process ids below a /proc; none when it is gone, as a sandbox's is with the sandbox.</summary>
    public static IReadOnlyList<int> Processes(string proc = "/proc")
    {
        try
        {
            return [.. Directory.EnumerateDirectories(proc).Select(folder => int.TryParse(Path.GetFileName(folder), out var pid) ? pid : 0).Where(pid => pid > 0)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    /// <summary>Memory of one process by its /proc folder, in KiB; 0 when it is gone. Shared pages are divided among the processes that share them (PSS).</summary>
    public static long ProportionalKb(string process)
    {
        const string key = "Pss:";
        foreach (var line in (KernelFile.Read($"{process}/smaps_rollup") ?? "").Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal))
                return long.TryParse(line[key.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), out var kb) ? kb : 0;
        }
        return ResidentKb(process);
    }

    /// <summary>Resident memory in KiB, shared pages counted in full; much cheaper than <see cref="ProportionalKb"/>.</summary>
    public static long ResidentKb(string process)
    {
        var fields = (KernelFile.Read($"{process}/statm") ?? "").Split(' ');
        return fields.Length > 1 && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var pages) ? pages * System.Environment.SystemPageSize / 1024 : 0;
    }

    // Children are listed by the thread that started them.
    private static List<int> Children(int pid)
    {
        var children = new List<int>();
        try
        {
            foreach (var thread in Directory.EnumerateDirectories($"/proc/{pid}/task"))
                children.AddRange((KernelFile.Read($"{thread}/children") ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process ended meanwhile.
        }
        return children;
    }

    private static int Parent(int pid)
    {
        if (KernelFile.Read($"/proc/{pid}/stat") is not { } stat)
            return 0;
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return fields.Length > 1 && int.TryParse(fields[1], out var parent) ? parent : 0;
    }
}
