using System.Text.Json;
using Platform.Data;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>
/// What all streams do after their history: pass on what comes, send a heartbeat into silence, look whether the credential still holds, and say farewell when the
/// host stops, the reader is too slow or the longest life is over.
/// </summary>
public sealed class StreamLoop(StreamRegistry registry, StreamAccess access, TimeProvider clock)
{
    private const int GracePeriod = 30;
    private static readonly JsonSerializerOptions Json = WireJson.Snake.Writing;

    /// <summary>Goes on until <c>send</c>, which writes an item, says that it was the last, or the stream has to be closed; <c>heartbeat</c> makes the message that breaks the silence.</summary>
    public async Task FollowAsync(StreamSession session, TailSubscription subscription, Func<TailItem, Task<bool>> send, Func<ReadOnlyMemory<byte>> heartbeat, CancellationToken ct)
    {
        while (true)
        {
            switch (await NextAsync(session, subscription, ct))
            {
                case ({ } item, _):
                    if (await send(item))
                        return;
                    break;
                case (_, Wake.Silence):
                    await session.WriteAsync(null, "heartbeat", heartbeat(), ct);
                    break;
                case (_, Wake.Check):
                    break;
                case (_, Wake.Shutdown):
                    await session.WriteAsync(null, "shutdown", Shutdown(), ct);
                    return;
                case (_, var farewell):
                    await session.WriteAsync(null, "reconnect", Render(new { EventType = "reconnect", Reason = EnumWords<Wake>.ToWord(farewell) }), ct);
                    return;
            }
        }
    }

    private async Task<(TailItem? Item, Wake Wake)> NextAsync(StreamSession session, TailSubscription subscription, CancellationToken ct)
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
    private (Wake Wake, TimeSpan Pause) NextWake(StreamSession session)
    {
        var life = TimeSpan.FromSeconds(registry.Options.MaxStreamSeconds) - clock.GetElapsedTime(session.OpenedAt);
        var silence = TimeSpan.FromSeconds(registry.Options.HeartbeatSeconds) - clock.GetElapsedTime(session.WrittenAt);
        var check = StreamAccess.Interval - clock.GetElapsedTime(session.CheckedAt);
        if (life <= silence && life <= check)
            return (Wake.MaxStreamLife, life);
        return silence <= check ? (Wake.Silence, silence) : (Wake.Check, check);
    }

    private ReadOnlyMemory<byte> Shutdown() =>
        Render(new { EventType = "shutdown", Message = "Server is shutting down", GracePeriod, Timestamp = clock.GetUtcNow() });

    private static ReadOnlyMemory<byte> Render<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, Json);

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
}
