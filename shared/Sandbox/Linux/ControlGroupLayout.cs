namespace Platform.Sandbox.Linux;

/// <summary>The folders of this process's own control groups: version 1 by controller, version 2 as one.</summary>
internal sealed record ControlGroupLayout(IReadOnlyDictionary<string, string> Version1, string? Version2)
{
    private static readonly string[] DelegationMarks = ["trusted.delegate", "user.delegate"];
    private static readonly string[] Wanted = ["memory", "pids", "cpu", "cpuacct"];

    /// <summary>Joins <c>/proc/self/cgroup</c> (path within the hierarchy) with <c>/proc/self/mountinfo</c> (where the hierarchy is mounted).</summary>
    public static ControlGroupLayout Read() =>
        Parse(KernelFile.Read("/proc/self/cgroup") ?? "", KernelFile.Read("/proc/self/mountinfo") ?? "");

    /// <summary>Where version 2 may let us make groups with controllers: our own folder, if no process sits in it (or it is the host's root), else the one above it
    /// when systemd has delegated that to us (<c>Delegate=yes</c> with <c>DelegateSubgroup=</c>).</summary>
    public IEnumerable<string> Version2Folders()
    {
        if (Version2 is null)
            yield break;
        yield return Version2;
        if (Path.GetDirectoryName(Version2) is { } above && File.Exists($"{above}/cgroup.procs") && IsDelegated(above))
            yield return above;
    }

    private static unsafe bool IsDelegated(string folder)
    {
        foreach (var mark in DelegationMarks)
        {
            byte value;
            if (Libc.getxattr(folder, mark, &value, 1) == 1 && value == (byte)'1')
                return true;
        }
        return false;
    }

    internal static ControlGroupLayout Parse(string membership, string mounts)
    {
        var hierarchies = Mounts(mounts).ToList();
        var version1 = new Dictionary<string, string>();
        string? version2 = null;
        foreach (var line in membership.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(':', 3); // id : controllers : path
            if (parts.Length != 3)
                continue;
            if (parts[1].Length == 0)
            {
                version2 = hierarchies.Where(mount => mount.Type == "cgroup2").Select(mount => mount.Folder(parts[2])).FirstOrDefault();
                continue;
            }
            foreach (var controller in parts[1].Split(',').Intersect(Wanted))
            {
                if (hierarchies.Find(mount => mount.Type == "cgroup" && mount.Controllers.Contains(controller)) is { } mount)
                    version1[controller] = mount.Folder(parts[2]);
            }
        }
        return new ControlGroupLayout(version1, version2);
    }

    // 36 35 98:0 /root /mount/point rw,noatime master:1 - cgroup cgroup rw,memory
    private static IEnumerable<Hierarchy> Mounts(string mounts)
    {
        foreach (var line in mounts.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var halves = line.Split(" - ", 2);
            var left = halves[0].Split(' ');
            var right = halves.Length == 2 ? halves[1].Split(' ') : [];
            if (left.Length >= 5 && right.Length >= 3 && right[0] is "cgroup" or "cgroup2")
                yield return new Hierarchy(right[0], left[3], left[4], right[2].Split(','));
        }
    }

    private sealed record Hierarchy(string Type, string Root, string MountPoint, string[] Controllers)
    {
        // A container sees only a part of the hierarchy: its mount's root is then a prefix of the path.
        public string Folder(string path)
        {
            if (Root != "/" && path.StartsWith(Root, StringComparison.Ordinal))
                path = path[Root.Length..];
            return (MountPoint + path).TrimEnd('/');
        }
    }
}
