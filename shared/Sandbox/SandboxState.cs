namespace Platform.Sandbox;

/// <summary>Whether foreign programs can run here.</summary>
public enum SandboxHealth
{
    /// <summary>Isolation and limits are all in force.</summary>
    Healthy,

    /// <summary>Runs are accepted, with a weaker means somewhere (see the other properties).</summary>
    Degraded,

    /// <summary>Runs are refused.</summary>
    Unavailable,
}

/// <summary>What isolates and limits runs on this host, as the last probe found it.</summary>
/// <param name="Isolation"><c>bubblewrap 0.8.0</c>, <c>unconfined</c> or <c>none</c>.</param>
/// <param name="MemoryLimit"><c>cgroup v1</c>, <c>cgroup v2</c> or <c>watcher</c>.</param>
/// <param name="ProcessLimit"><c>cgroup v1</c>, <c>cgroup v2</c> or <c>rlimit</c>.</param>
/// <param name="CpuLimit"><c>cgroup v1</c>, <c>cgroup v2</c> or <c>none</c>.</param>
/// <param name="SystemCallFilter"><c>seccomp x86-64</c>, <c>seccomp arm64</c> or <c>none</c>.</param>
/// <param name="Detail">Why it is not healthy; null when it is.</param>
/// <param name="CheckedAt">When it was probed last; the default value before the first probe.</param>
public sealed record SandboxState(
    SandboxHealth Health, string Isolation, string MemoryLimit, string ProcessLimit, string CpuLimit, string SystemCallFilter, string? Detail, DateTimeOffset CheckedAt)
{
    /// <summary>Whether <see cref="ISandbox.RunAsync"/> runs anything.</summary>
    public bool AcceptsRuns => Health != SandboxHealth.Unavailable;
}
