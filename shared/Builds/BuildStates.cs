namespace Platform.Builds;

/// <summary>Who does the work of a build.</summary>
public enum BuildExecutor
{
    /// <summary>This installation, in its sandbox.</summary>
    Platform,

    /// <summary>A system elsewhere, which reports states, steps and log lines.</summary>
    External,
}

public enum BuildEnvironment
{
    Production,
    Preview,
    Development,
}

/// <summary>What set a build off.</summary>
public enum BuildTrigger
{
    Manual,
    Api,
    Retry,
    Schedule,
    Webhook,
}

public enum BuildStatus
{
    Queued,
    Running,
    Succeeded,
    Failed,
    TimedOut,
    Cancelled,
}

public enum BuildPhase
{
    Queued,
    Fetch,
    Install,
    Build,
    Test,
    Hooks,
    Artifacts,
    Done,
}

public enum BuildStepKind
{
    Fetch,
    Install,
    Build,
    Test,
    Custom,
    Hook,
    Artifacts,
}

public enum BuildStepStatus
{
    Pending,
    Running,
    Succeeded,
    Failed,
    Skipped,
    Cancelled,
    TimedOut,
}

/// <summary>The state machines of builds and steps (delivery §1.2).</summary>
public static class BuildTransitions
{
    public static bool IsOver(this BuildStatus status) => status is not (BuildStatus.Queued or BuildStatus.Running);

    public static bool IsOver(this BuildStepStatus status) => status is not (BuildStepStatus.Pending or BuildStepStatus.Running);

    /// <summary>The states that may follow.</summary>
    public static IReadOnlyList<BuildStatus> After(BuildStatus from) => from switch
    {
        BuildStatus.Queued => [BuildStatus.Running, BuildStatus.Cancelled, BuildStatus.Failed],
        BuildStatus.Running => [BuildStatus.Succeeded, BuildStatus.Failed, BuildStatus.TimedOut, BuildStatus.Cancelled],
        _ => [],
    };

    /// <summary>The states that may follow.</summary>
    public static IReadOnlyList<BuildStepStatus> After(BuildStepStatus from) => from switch
    {
        BuildStepStatus.Pending => [BuildStepStatus.Running, BuildStepStatus.Skipped, BuildStepStatus.Cancelled],
        BuildStepStatus.Running => [BuildStepStatus.Succeeded, BuildStepStatus.Failed, BuildStepStatus.TimedOut, BuildStepStatus.Cancelled],
        _ => [],
    };

    /// <summary>How a build's end ends the steps that run.</summary>
    public static BuildStepStatus OfSteps(this BuildStatus status) => status switch
    {
        BuildStatus.Succeeded => BuildStepStatus.Succeeded,
        BuildStatus.TimedOut => BuildStepStatus.TimedOut,
        BuildStatus.Cancelled => BuildStepStatus.Cancelled,
        _ => BuildStepStatus.Failed,
    };
}
