using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Executions;

/// <summary>Reads executions and their events as the caller may see them.</summary>
public sealed class ExecutionQueries(PlatformDbContext db, Caller caller, EventCatalog catalog, OperatorAccess operators)
{
    public async Task<Result<ExecutionView>> GetAsync(Guid id, CancellationToken ct)
    {
        if (await db.FindViewAsync(id, ct) is not { } view)
            return ExecutionErrors.NotFound;
        await operators.NoteAsync("execution", id, () => OwnerAsync(id, ct), ct);
        return view;
    }

    /// <summary>The oldest of these that the caller may see.</summary>
    public async Task<IReadOnlyList<ExecutionView>> FindAsync(IReadOnlyCollection<Guid> ids, int most, CancellationToken ct)
    {
        var found = await db.Executions.Where(e => ids.Contains(e.Id)).OrderBy(e => e.CreatedAt).ThenBy(e => e.Id).Take(most).Select(ExecutionView.Projection).ToListAsync(ct);
        foreach (var id in found.Select(view => view.ExecutionId))
            await operators.NoteAsync("execution", id, () => OwnerAsync(id, ct), ct);
        return found;
    }

    /// <summary>Whether the caller may see it, and its state.</summary>
    public async Task<ExecutionStatus?> FindStatusAsync(Guid id, CancellationToken ct)
    {
        var status = await db.Executions.Where(e => e.Id == id).Select(e => (ExecutionStatus?)e.Status).SingleOrDefaultAsync(ct);
        await operators.NoteAsync("execution", id, () => OwnerAsync(id, ct), ct);
        return status;
    }

    /// <summary>Sequence of the event that ended its story; null while it has not ended, or when that event has expired.</summary>
    public async Task<long?> FindEndAsync(Guid id, CancellationToken ct)
    {
        var aggregate = id.ToString();
        return await db.Events.Where(e => e.AggregateId == aggregate && e.ReplayOf == null && (e.EventType == ResultEvents.Stored || e.EventType == ResultEvents.Failed))
            .MinAsync(e => e.Sequence, ct);
    }

    /// <summary>The caller's own, newest first, for operators too.</summary>
    public async Task<Result<ExecutionList>> ListOwnAsync(ExecutionFilter filter, CancellationToken ct)
    {
        var own = db.Executions.Where(e => e.UserId == caller.UserId);
        if (filter.Status is { } status)
            own = own.Where(e => e.Status == status);
        if (filter.Lang is { } lang)
            own = own.Where(e => e.Lang == lang);
        if (filter.StartTime is { } from)
            own = own.Where(e => e.CreatedAt >= from);
        if (filter.EndTime is { } to)
            own = own.Where(e => e.CreatedAt <= to);

        var total = await own.LongCountAsync(ct);
        var page = await own.OrderByDescending(e => e.CreatedAt).ThenByDescending(e => e.Id)
            .Skip(filter.Skip).Take(filter.Limit).Select(ExecutionView.Projection).ToListAsync(ct);
        return new ExecutionList(page, total, filter.Limit, filter.Skip, filter.Skip + page.Count < total);
    }

    /// <summary>The stored events of an execution, oldest first.</summary>
    public async Task<Result<IReadOnlyList<ExecutionEventView>>> ListEventsAsync(Guid id, ExecutionEventFilter filter, CancellationToken ct)
    {
        var types = filter.EventTypes;
        if (types.FirstOrDefault(t => catalog.Find(t) is null) is { } unknown)
            return Error.Invalid(Problem.Query("event_types", $"Unknown event type '{unknown}'", "enum"));
        if (await FindStatusAsync(id, ct) is null)
            return ExecutionErrors.NotFound;

        var aggregate = id.ToString();
        var events = db.Events.Where(e => e.AggregateId == aggregate && e.Sequence != null);
        if (types.Count > 0)
            events = events.Where(e => types.Contains(e.EventType));
        var page = await events.OrderBy(e => e.Sequence).Take(filter.Limit).Select(e => new { e.EventId, e.EventType, e.Timestamp, e.Payload }).ToListAsync(ct);
        return page.ConvertAll(e => new ExecutionEventView(e.EventId, e.EventType, e.Timestamp, JsonSerializer.Deserialize<JsonElement>(e.Payload)));
    }

    /// <summary>Mean wall seconds of the executions that completed in a window; 0 without any.</summary>
    public async Task<double> MeanWallSecondsAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken ct) => await db.Executions
        .Where(e => e.Status == ExecutionStatus.Completed && e.Result!.StoredAt >= from && e.Result.StoredAt <= to)
        .AverageAsync(e => (double?)e.Result!.WallSeconds, ct) ?? 0;

    private Task<Guid?> OwnerAsync(Guid id, CancellationToken ct) => db.Executions.Where(e => e.Id == id).Select(e => (Guid?)e.UserId).SingleOrDefaultAsync(ct);
}
