namespace Platform.Sandbox;

/// <summary>The program runs: on which host and under which process id there (0 where the provider has none).</summary>
public sealed record SandboxStarted(string Node, int ProcessId, DateTimeOffset At);
