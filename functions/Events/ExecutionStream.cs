using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Platform.Events;
using Platform.Executions;

namespace Platform.Functions.Events;

/// <summary>
/// Streams one execution to one client until its result is stored. The client subscribes to the tail before it reads the stored history, and skips by sequence
/// what it has seen, so that there is neither a gap nor a repetition, also over reconnections.
/// </summary>
public sealed class ExecutionStream(
    StreamRegistry registry, EventTail tail, EventReader reader, ExecutionQueries queries, ExecutionMessages messages, IOptions<StreamOptions> options, TimeProvider clock)
{
    private const int HistoryPage = 500;
    private const int GracePeriod = 30;
    private static readonly TimeSpan NumberingTime = TimeSpan.FromMinutes(1);

    /// <summary>A refusal before anything was sent; null when the stream was served.</summary>
    public async Task<Error?> ServeAsync(HttpContext http, Guid executionId, long? lastId, bool named, Caller caller)
    {
        var ct = http.RequestAborted;
        if (await queries.FindStatusAsync(executionId, ct) is not { } status)
            return ExecutionErrors.NotFound;
        if (lastId is { } seen && status.IsTerminal() && await IsOverForAsync(executionId, seen, ct))
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return null;
        }

        using var place = registry.TryEnter(caller.UserId!.Value, caller.IsOperator);
        if (place is null)
            return StreamErrors.TooMany;

        using var subscription = tail.Subscribe(executionId.ToString());
        var session = new Session(new SseWriter(http.Response, named), executionId, lastId ?? 0, clock.GetTimestamp());
        await session.Out.OpenAsync(ct);
        await session.Out.WriteAsync(null, "connected", messages.Connected(executionId), ct);
        await session.Out.WriteAsync(null, "status", messages.Status(executionId, status), ct);
        if (!await ReplayAsync(session, ct) && !await EndFromRecordAsync(session, ct))
            await FollowAsync(session, subscription, ct);
        return null;
    }

    private async Task<bool> IsOverForAsync(Guid executionId, long seen, CancellationToken ct)
    {
        if (await queries.FindEndAsync(executionId, ct) is { } last)
            return seen >= last;
        return await FindRecordAsync(executionId, ct) is not null; // its events have expired; it got the end from the record
    }

    /// <summary>Sends what is stored; true when that included the end.</summary>
    private async Task<bool> ReplayAsync(Session session, CancellationToken ct)
    {
        List<PlatformEvent> page;
        do
        {
            page = await reader.ReadAfterAsync(session.ExecutionId.ToString(), session.Seen, HistoryPage, ct);
            foreach (var stored in page)
            {
                if (await SendAsync(session, new TailItem(stored), ct))
                    return true;
            }
        }
        while (page.Count == HistoryPage);

        return false;
    }

    private async Task<bool> EndFromRecordAsync(Session session, CancellationToken ct)
    {
        if (await FindRecordAsync(session.ExecutionId, ct) is not { } view)
            return false;

        await session.Out.WriteAsync(null, ResultEvents.Stored, messages.Result(view), ct);
        return true;
    }

    /// <summary>The record of an execution whose events must have expired: it ended so long ago that its last event would be numbered by now.</summary>
    private async Task<ExecutionView?> FindRecordAsync(Guid executionId, CancellationToken ct)
    {
        var view = await queries.GetAsync(executionId, ct);
        return view.IsOk && view.Value.CompletedAt is { } end && clock.GetUtcNow() - end > NumberingTime ? view.Value : null;
    }

    private async Task FollowAsync(Session session, TailSubscription subscription, CancellationToken ct)
    {
        while (true)
        {
            var (item, wake) = await NextAsync(session, subscription, ct);
            if (item is not null)
            {
                if (await SendAsync(session, item, ct))
                    return;
                continue;
            }

            switch (wake)
            {
                case Wake.Heartbeat:
                    await session.Out.WriteAsync(null, "heartbeat", messages.Heartbeat(session.ExecutionId), ct);
                    break;
                case Wake.Shutdown:
                    await session.Out.WriteAsync(null, "shutdown", messages.Shutdown(GracePeriod), ct);
                    return;
                default:
                    await session.Out.WriteAsync(null, "reconnect", ExecutionMessages.Reconnect(wake == Wake.Slow ? "slow_reader" : "max_stream_life"), ct);
                    return;
            }
        }
    }

    /// <summary>Writes an item unless it was seen; true when it ends the stream.</summary>
    private async Task<bool> SendAsync(Session session, TailItem item, CancellationToken ct)
    {
        if (item.Event?.Sequence is { } sequence)
        {
            if (sequence <= session.Seen)
                return false;
            session.Seen = sequence;
        }

        if (!ExecutionMessages.Shows(item.EventType))
            return false;
        await session.Out.WriteAsync(item.Event?.Sequence, item.EventType, await item.RenderAsync(messages.RenderAsync), ct);
        return ResultEvents.Ends(item.EventType);
    }

    private async Task<(TailItem? Item, Wake Wake)> NextAsync(Session session, TailSubscription subscription, CancellationToken ct)
    {
        var life = TimeSpan.FromSeconds(options.Value.MaxStreamSeconds) - clock.GetElapsedTime(session.Opened);
        if (life <= TimeSpan.Zero)
            return (null, Wake.Old);

        var heartbeat = TimeSpan.FromSeconds(options.Value.HeartbeatSeconds);
        using var silence = new CancellationTokenSource(life < heartbeat ? life : heartbeat, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, registry.Stopping, ct);
        try
        {
            return await subscription.ReadAsync(any.Token) is { } item ? (item, Wake.Item) : (null, Wake.Slow);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, registry.Stopping.IsCancellationRequested ? Wake.Shutdown : life < heartbeat ? Wake.Old : Wake.Heartbeat);
        }
    }

    private enum Wake
    {
        Item,
        Heartbeat,
        Shutdown,
        Slow,
        Old,
    }

    private sealed class Session(SseWriter output, Guid executionId, long seen, long opened)
    {
        public SseWriter Out { get; } = output;

        public Guid ExecutionId { get; } = executionId;

        public long Seen { get; set; } = seen;

        public long Opened { get; } = opened;
    }
}
