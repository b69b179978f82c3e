namespace Platform.UserFunctions;

/// <summary>An invocation as callers see it. <paramref name="Result"/> is what the handler gave back; it is not kept.</summary>
public sealed record InvocationView(
    Guid InvocationId,
    Guid FunctionId,
    int Version,
    Guid? DeploymentId,
    InvocationTrigger Trigger,
    InvocationStatus Status,
    StoredJson Result,
    long DurationMs,
    long? InitDurationMs,
    long QueueMs,
    bool ColdStart,
    int MemoryUsedMb,
    long CpuMs,
    long RequestBytes,
    long ResponseBytes,
    InvocationError? Error,
    IReadOnlyList<FunctionLogLine> Logs,
    DateTimeOffset StartedAt,
    DateTimeOffset FinishedAt)
{
    private const int MaxLines = 100;
    private static readonly StoredJson Nothing = new("null");

    /// <param name="allLines">False: the first hundred.</param>
    public static InvocationView Of(Invoked invoked, bool allLines)
    {
        var record = invoked.Record;
        return new InvocationView(
            record.Id, record.FunctionId, record.VersionNumber, record.DeploymentId, record.Trigger, record.Status, invoked.Result is { } json ? new StoredJson(json) : Nothing,
            record.DurationMs, record.InitDurationMs, record.QueueMs, record.ColdStart, record.MemoryUsedMb, record.CpuMs, record.RequestBytes, record.ResponseBytes,
            record.Error, allLines ? record.Logs : [.. record.Logs.Take(MaxLines)], record.StartedAt, record.FinishedAt);
    }
}

/// <summary>What came of an invocation.</summary>
/// <param name="Result">JSON, when there is one.</param>
public sealed record Invoked(FunctionInvocation Record, string? Result);
