using Platform.Data;

namespace Platform.Executions;

/// <summary>The one row that every scheduler locks while it hands out slots, so that two of them never exceed the limit together.</summary>
[PlatformScoped]
internal sealed class ExecutionQueueLock
{
    public const int TheRow = 1;

    public int Id { get; init; }

    public DateTimeOffset LockedAt { get; init; }
}
