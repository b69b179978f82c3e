using Microsoft.AspNetCore.Http;
using Platform.Events;
using Platform.Executions;

namespace Platform.Functions.Events;

/// <summary>
/// Streams one execution to one client until its result is stored. The client subscribes to the tail before it reads the stored history, and skips by sequence
/// what it has seen, so that there is neither a gap nor a repetition, also over reconnections.
/// </summary>
public sealed class ExecutionStream(
    StreamRegistry registry, StreamLoop loop, EventTail tail, EventReader reader, ExecutionQueries queries, ExecutionMessages messages, TimeProvider clock)
{
    private const int HistoryPage = 500;
    private static readonly TimeSpan NumberingTime = TimeSpan.FromMinutes(1);

    /// <summary>A refusal before anything was sent; null when the stream was served.</summary>
    public async Task<Error?> ServeAsync(ApiRequest request, Guid executionId, long? lastId, bool named)
    {
        var ct = request.Http.RequestAborted;
        if (await queries.FindStatusAsync(executionId, ct) is not { } status)
            return ExecutionErrors.NotFound;
        if (lastId is { } seen && status.IsTerminal() && await IsOverForAsync(executionId, seen, ct))
        {
            request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
            return null;
        }

        using var place = registry.TryEnter(request.Caller);
        if (place is null)
            return StreamErrors.TooMany;

        using var subscription = tail.Subscribe(executionId.ToString(), live: true);
        var session = new StreamSession(request, named, lastId ?? 0, clock);
        await session.OpenAsync(ct);
        await session.WriteAsync(null, "connected", messages.Connected(executionId), ct);
        await session.WriteAsync(null, "status", messages.Status(executionId, status), ct);
        if (!await ReplayAsync(session, executionId, ct) && !await EndFromRecordAsync(session, executionId, ct))
            await loop.FollowAsync(session, subscription, item => SendAsync(session, item, ct), () => messages.Heartbeat(executionId), ct);
        return null;
    }

    private async Task<bool> IsOverForAsync(Guid executionId, long seen, CancellationToken ct)
    {
        if (await queries.FindEndAsync(executionId, ct) is { } last)
            return seen >= last;
        return await FindRecordAsync(executionId, ct) is not null; // its events have expired; it got the end from the record
    }

    /// <summary>Sends what is stored; true when that included the end.</summary>
    private async Task<bool> ReplayAsync(StreamSession session, Guid executionId, CancellationToken ct)
    {
        List<PlatformEvent> page;
        do
        {
            page = await reader.ReadAfterAsync(executionId.ToString(), session.Seen, HistoryPage, ct);
            foreach (var stored in page)
            {
                if (await SendAsync(session, new TailItem(stored), ct))
                    return true;
            }
        }
        while (page.Count == HistoryPage);

        return false;
    }

    private async Task<bool> EndFromRecordAsync(StreamSession session, Guid executionId, CancellationToken ct)
    {
        if (await FindRecordAsync(executionId, ct) is not { } view)
            return false;

        await session.WriteAsync(null, ResultEvents.Stored, messages.Result(view), ct);
        return true;
    }

    /// <summary>The record of an execution whose events must have expired: it ended so long ago that its last event would be numbered by now.</summary>
    private async Task<ExecutionView?> FindRecordAsync(Guid executionId, CancellationToken ct)
    {
        var view = await queries.GetAsync(executionId, ct);
        return view.IsOk && view.Value.CompletedAt is { } end && clock.GetUtcNow() - end > NumberingTime ? view.Value : null;
    }

    /// <summary>Writes an item unless it was seen; true when it ends the stream.</summary>
    private async Task<bool> SendAsync(StreamSession session, TailItem item, CancellationToken ct)
    {
        if (item.Event?.Sequence is { } sequence)
        {
            if (sequence <= session.Seen)
                return false;
            session.Seen = sequence;
        }

        if (!ExecutionMessages.Shows(item.EventType))
            return false;
        await session.WriteAsync(item.Event?.Sequence, item.EventType, await item.RenderAsync(messages.RenderAsync), ct);
        return ResultEvents.Ends(item.EventType);
    }
}
