namespace Platform.Builds;

/// <summary>The durable orchestration of a build that the platform runs: its name, instance id, input and the event that wakes it.</summary>
public static class BuildRun
{
    public const string Name = "BuildOrchestrator";

    /// <summary>It has a slot, or somebody wants it to end.</summary>
    public const string Changed = "Changed";

    public static string InstanceId(Guid buildId) => $"build-{buildId}";

    public sealed record Input(Guid OrganizationId, Guid BuildId, string? CorrelationId);
}

/// <summary>The durable orchestration that runs hooks because somebody asked for them.</summary>
public static class BuildHooksRun
{
    public const string Name = "BuildHookOrchestrator";

    public static string InstanceId(Guid buildId, int number) => $"hooks-{buildId}-{number}";

    public sealed record Input(Guid OrganizationId, Guid BuildId, Guid RunId, string? CorrelationId);
}
