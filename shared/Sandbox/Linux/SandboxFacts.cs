namespace Platform.Sandbox.Linux;

/// <summary>What this host offers, found by the first probe.</summary>
internal sealed record SandboxFacts(Bubblewrap? Program, ControlGroups Groups, byte[]? Filter)
{
    /// <summary>Whether runs are isolated; otherwise they are refused, or unconfined where that is allowed.</summary>
    public bool Confines { get; init; }

    /// <summary>Why it does not confine, or in what it is weaker than it should be.</summary>
    public string? Weakness { get; init; }

    public SandboxState State(bool allowUnconfined, DateTimeOffset now)
    {
        var runs = Confines || allowUnconfined;
        var health = !runs ? SandboxHealth.Unavailable : Weakness is null ? SandboxHealth.Healthy : SandboxHealth.Degraded;
        return new SandboxState(
            health,
            Confines ? $"bubblewrap {Program!.Version}" : runs ? "unconfined" : "none",
            Groups.Describe(Groups.LimitsMemory, "watcher"),
            Groups.Describe(Groups.LimitsProcesses, Confines ? "rlimit" : "none"),
            Groups.Describe(Groups.LimitsCpu, "none"),
            Confines && Filter is not null ? SeccompFilter.Name : "none",
            Weakness,
            now);
    }
}
