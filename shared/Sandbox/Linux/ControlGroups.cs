namespace Platform.Sandbox.Linux;

/// <summary>The control groups of this host: which controllers can be used, where runs get their groups, and the removal of what a dead process left.
/// See cgroups(7); version 1 has one tree per controller, version 2 one for all.</summary>
internal sealed class ControlGroups
{
    private const string Parent = "platform-sandbox";
    private readonly Dictionary<string, string> _trees = []; // controller → folder below which runs get their groups

    private ControlGroups(int version, IEnumerable<KeyValuePair<string, string>> usable)
    {
        Version = version;
        foreach (var (controller, folder) in usable)
            _trees[controller] = folder;
    }

    /// <summary>No control groups.</summary>
    public static ControlGroups None { get; } = new(0, []);

    /// <summary>1, 2, or 0 when none is usable.</summary>
    public int Version { get; }

    public bool LimitsMemory => _trees.ContainsKey("memory");

    public bool LimitsProcesses => _trees.ContainsKey("pids");

    public bool LimitsCpu => _trees.ContainsKey("cpu");

    public string Describe(bool usable, string otherwise) => usable ? $"cgroup v{Version}" : otherwise;

    /// <summary>Tries every controller by making a group and reading a limit back.</summary>
    public static ControlGroups Detect()
    {
        var layout = ControlGroupLayout.Read();
        var first = Usable(layout.Version1);
        if (first.ContainsKey("memory"))
            return new ControlGroups(1, first);
        foreach (var folder in layout.Version2Folders())
        {
            if (UsableUnified(folder) is { Count: > 0 } second)
                return new ControlGroups(2, second);
        }
        return first.Count > 0 ? new ControlGroups(1, first) : None;
    }

    /// <summary>A group of its own for one run, or null when the host has none.</summary>
    public ControlGroup? Create(SandboxRun run)
    {
        if (Version == 0)
            return null;
        var name = NewName();
        var folders = _trees.ToDictionary(tree => tree.Key, tree => $"{tree.Value}/{name}");
        var group = new ControlGroup(Version, folders, _trees.ToDictionary(tree => tree.Key, tree => Path.GetDirectoryName(tree.Value)!));
        group.Limit(run);
        return group;
    }

    /// <summary>Kills and removes the groups of processes that no longer run.</summary>
    public int RemoveOrphans()
    {
        var removed = 0;
        foreach (var folder in _trees.Values.Distinct().Where(Directory.Exists).SelectMany(Directory.GetDirectories))
        {
            var name = Path.GetFileName(folder);
            var owner = name[..Math.Max(0, name.LastIndexOf('-'))];
            if (ProcessIdentity.IsAlive(owner) != false)
                continue;
            ControlGroup.KillMembers(folder);
            removed += ControlGroup.Remove(folder) ? 1 : 0;
        }
        return removed;
    }

    private static Dictionary<string, string> Usable(IReadOnlyDictionary<string, string> own) =>
        own.Where(tree => TryMake($"{tree.Value}/{Parent}") && Holds($"{tree.Value}/{Parent}", ControlGroup.Probe(1, tree.Key)))
            .ToDictionary(tree => tree.Key, tree => $"{tree.Value}/{Parent}");

    private static Dictionary<string, string> UsableUnified(string own)
    {
        var parent = $"{own}/{Parent}";
        KernelFile.Write($"{own}/cgroup.subtree_control", "+memory +pids +cpu");
        if (!TryMake(parent))
            return [];
        KernelFile.Write($"{parent}/cgroup.subtree_control", "+memory +pids +cpu");
        return new[] { "memory", "pids", "cpu" }
            .Where(controller => Holds(parent, ControlGroup.Probe(2, controller)))
            .ToDictionary(controller => controller, _ => parent);
    }

    private static bool Holds(string parent, (string File, string Value)? probe)
    {
        var folder = $"{parent}/{NewName()}";
        if (!TryMake(folder))
            return false;
        try
        {
            return probe is not { } limit || (KernelFile.Write($"{folder}/{limit.File}", limit.Value) && KernelFile.Read($"{folder}/{limit.File}")?.Trim() == limit.Value);
        }
        finally
        {
            ControlGroup.Remove(folder);
        }
    }

    private static string NewName() => $"{ProcessIdentity.Own}-{Guid.CreateVersion7():N}";

    private static bool TryMake(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
