using Microsoft.AspNetCore.Http;
using Platform.Data;
using Platform.Events;
using Platform.Executions;

namespace Platform.Functions.Events;

/// <summary>
/// Streams one execution to one client until its result is stored. The client subscribes to the tail before it reads the stored history, and skips by sequence
/// what it has seen, so that there is neither a gap nor a repetition, also over reconnections.
/// </summary>
public sealed class ExecutionStream(
    StreamRegistry registry, StreamAccess access, EventTail tail, EventReader reader, ExecutionQueries queries, ExecutionMessages messages, TimeProvider clock)
{
    private const int HistoryPage = 500;
    private const int GracePeriod = 30;
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
        var session = new Session(request, named, executionId, lastId ?? 0, clock);
        await session.OpenAsync(ct);
        await session.WriteAsync(null, "connected", messages.Connected(executionId), ct);
        await session.WriteAsync(null, "status", messages.Status(executionId, status), ct);
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

        await session.WriteAsync(null, ResultEvents.Stored, messages.Result(view), ct);
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
            switch (await NextAsync(session, subscription, ct))
            {
                case ({ } item, _):
                    if (await SendAsync(session, item, ct))
                        return;
                    break;
                case (_, Wake.Silence):
                    await session.WriteAsync(null, "heartbeat", messages.Heartbeat(session.ExecutionId), ct);
                    break;
                case (_, Wake.Check):
                    break;
                case (_, Wake.Shutdown):
                    await session.WriteAsync(null, "shutdown", messages.Shutdown(GracePeriod), ct);
                    return;
                case (_, var farewell):
                    await session.WriteAsync(null, "reconnect", ExecutionMessages.Reconnect(EnumWords<Wake>.ToWord(farewell)), ct);
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

        if (!ExecutionMessages.Shows(item.EventType) || item.Event?.IsNewsFor(ConsumerServices.StreamGateway) == false)
            return false;
        await session.WriteAsync(item.Event?.Sequence, item.EventType, await item.RenderAsync(messages.RenderAsync), ct);
        return ResultEvents.Ends(item.EventType);
    }

    private async Task<(TailItem? Item, Wake Wake)> NextAsync(Session session, TailSubscription subscription, CancellationToken ct)
    {
        if (clock.GetElapsedTime(session.CheckedAt) >= StreamAccess.Interval)
        {
            session.CheckedAt = clock.GetTimestamp();
            if (!await access.IsOpenAsync(session.Request, ct))
                return (null, Wake.SessionEnded);
        }

        var (wake, pause) = NextWake(session);
        if (pause <= TimeSpan.Zero)
            return (null, wake);

        using var timer = new CancellationTokenSource(pause, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, registry.Stopping, ct);
        try
        {
            return await subscription.ReadAsync(any.Token) is { } item ? (item, Wake.Check) : (null, Wake.SlowReader);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return (null, registry.Stopping.IsCancellationRequested ? Wake.Shutdown : wake);
        }
    }

    /// <summary>What is due next when nothing happens, and in how long.</summary>
    private (Wake Wake, TimeSpan Pause) NextWake(Session session)
    {
        var life = TimeSpan.FromSeconds(registry.Options.MaxStreamSeconds) - clock.GetElapsedTime(session.OpenedAt);
        var silence = TimeSpan.FromSeconds(registry.Options.HeartbeatSeconds) - clock.GetElapsedTime(session.WrittenAt);
        var check = StreamAccess.Interval - clock.GetElapsedTime(session.CheckedAt);
        if (life <= silence && life <= check)
            return (Wake.MaxStreamLife, life);
        return silence <= check ? (Wake.Silence, silence) : (Wake.Check, check);
    }

    /// <summary>What ends a wait for the next item; the last three are also the words of the farewell.</summary>
    private enum Wake
    {
        Silence,
        Check,
        Shutdown,
        SlowReader,
        MaxStreamLife,
        SessionEnded,
    }

    private sealed class Session(ApiRequest request, bool named, Guid executionId, long seen, TimeProvider clock)
    {
        private readonly SseWriter _output = new(request.Http.Response, named);

        public ApiRequest Request { get; } = request;

        public Guid ExecutionId { get; } = executionId;

        public long Seen { get; set; } = seen;

        public long OpenedAt { get; } = clock.GetTimestamp();

        public long CheckedAt { get; set; } = clock.GetTimestamp();

        public long WrittenAt { get; private set; } = clock.GetTimestamp();

        public Task OpenAsync(CancellationToken ct) => _output.OpenAsync(ct);

        public ValueTask WriteAsync(long? id, string eventType, ReadOnlyMemory<byte> json, CancellationToken ct)
        {
            WrittenAt = clock.GetTimestamp();
            return _output.WriteAsync(id, eventType, json, ct);
        }
    }
}
