using System.Diagnostics;

namespace Platform.Runtime;

/// <summary>What a handler is told beside the event.</summary>
public sealed class Context
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly long _timeoutMs;

    internal Context(JsonElement values, long timeoutMs)
    {
        _timeoutMs = timeoutMs;
        InvocationId = values.GetProperty("invocationId").GetGuid();
        FunctionId = values.GetProperty("functionId").GetGuid();
        FunctionName = values.GetProperty("functionName").GetString()!;
        Version = values.GetProperty("version").GetInt32();
        Deadline = values.GetProperty("deadline").GetDateTimeOffset();
        MemoryLimitMb = values.GetProperty("memoryLimitMb").GetInt32();
        ProjectId = values.GetProperty("projectId").GetGuid();
        Test = values.GetProperty("test").GetBoolean();
        Headers = values.GetProperty("headers").EnumerateObject().ToDictionary(header => header.Name, header => header.Value.GetString()!, StringComparer.OrdinalIgnoreCase);
    }

    public Guid InvocationId { get; }

    public Guid FunctionId { get; }

    public string FunctionName { get; }

    /// <summary>0 for code that is not kept.</summary>
    public int Version { get; }

    /// <summary>When the handler is ended.</summary>
    public DateTimeOffset Deadline { get; }

    public int MemoryLimitMb { get; }

    public Guid ProjectId { get; }

    public bool Test { get; }

    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Milliseconds until <see cref="Deadline"/>.</summary>
    public int RemainingMs() => (int)Math.Max(0, _timeoutMs - (long)Stopwatch.GetElapsedTime(_began).TotalMilliseconds);
}
