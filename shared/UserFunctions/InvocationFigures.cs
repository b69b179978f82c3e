using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>What figures are made of.</summary>
internal sealed record InvocationFigure(
    int Version, InvocationStatus Status, long DurationMs, long? InitDurationMs, long QueueMs, bool ColdStart, int MemoryUsedMb, int MemoryMb, DateTimeOffset CreatedAt, DateTimeOffset FinishedAt)
{
    public bool IsThrottled => Status == InvocationStatus.Throttled;

    public bool IsError => Status is not (InvocationStatus.Success or InvocationStatus.Throttled);

    /// <summary>Times of what was cut off tell nothing.</summary>
    public bool HasDuration => !IsThrottled && Status != InvocationStatus.Timeout;

    public double GbSeconds => IsThrottled ? 0 : MemoryMb / 1024.0 * (DurationMs + (InitDurationMs ?? 0)) / 1000.0;
}

/// <summary>Reads the figures of a function's invocations by callers; tests and probes do not count.</summary>
public sealed class InvocationFigures(PlatformDbContext db, InvocationJournal journal)
{
    // Beyond it the newest count; an answer has to come in time.
    private const int Most = 500_000;

    internal async Task<IReadOnlyList<InvocationFigure>> ReadAsync(Guid functionId, DateTimeOffset from, DateTimeOffset to, int? version, CancellationToken ct)
    {
        await journal.FlushAsync(ct);
        var rows = db.FunctionInvocations.AsNoTracking()
            .Where(row => row.FunctionId == functionId && row.Trigger == InvocationTrigger.Invoke && row.CreatedAt >= from && row.CreatedAt < to);
        if (version is { } number)
            rows = rows.Where(row => row.VersionNumber == number);
        return await rows.OrderByDescending(row => row.CreatedAt).Take(Most)
            .Select(row => new InvocationFigure(row.VersionNumber, row.Status, row.DurationMs, row.InitDurationMs, row.QueueMs, row.ColdStart, row.MemoryUsedMb, row.MemoryMb, row.CreatedAt, row.FinishedAt))
            .ToListAsync(ct);
    }
}
