using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Events;
using Platform.Notifications;

namespace Platform.Functions.Events;

/// <summary>
/// Streams the caller's notifications to one client until it leaves. After a reconnection the newest hundred events that it has missed come first; the client
/// subscribes to the tail before they are read, and what it has seen is skipped by sequence.
/// </summary>
public sealed class NotificationStream(StreamRegistry registry, StreamLoop loop, EventTail tail, NotificationQueries notifications, TimeProvider clock)
{
    private const int MostMissed = 100;
    private static readonly JsonSerializerOptions Json = WireJson.Snake.Writing;

    /// <summary>A refusal before anything was sent; null when the stream was served.</summary>
    public async Task<Error?> ServeAsync(ApiRequest request, long? lastId, bool named)
    {
        var ct = request.Http.RequestAborted;
        using var place = registry.TryEnter(request.Caller);
        if (place is null)
            return StreamErrors.TooMany;

        var userId = request.Caller.UserId!.Value;
        using var subscription = tail.SubscribeOwner(NotificationEvent.TopicName, userId);
        var session = new StreamSession(request, named, lastId ?? 0, clock);
        await session.OpenAsync(ct);
        await session.WriteAsync(null, "connected", Render(new { EventType = "connected", UserId = userId, Message = "Connected to the notification stream", Timestamp = clock.GetUtcNow() }), ct);
        if (lastId is { } seen)
        {
            foreach (var missed in await notifications.MissedAsync(seen, MostMissed, ct))
                await SendAsync(session, missed, ct);
        }

        await loop.FollowAsync(session, subscription, item => SendAsync(session, item.Event!, ct), Heartbeat, ct);
        return null;
    }

    /// <summary>Writes an event unless it was seen. The stream never ends by itself.</summary>
    private async Task<bool> SendAsync(StreamSession session, PlatformEvent stored, CancellationToken ct)
    {
        if (stored.Sequence!.Value <= session.Seen)
            return false;
        session.Seen = stored.Sequence.Value;
        if (IsForeign(session.Request.Caller, stored) || !NotificationQueries.Streams(stored) || await MessageAsync(stored, ct) is not { } message)
            return false;
        await session.WriteAsync(stored.Sequence, (string)message["event_type"]!, Render(message), ct);
        return false;
    }

    // A token sees what belongs to its organization.
    private static bool IsForeign(Caller caller, PlatformEvent stored) => caller.Credential == CredentialKind.AccessToken && stored.OrganizationId != caller.OrganizationId;

    /// <summary>Null for a notification that has been deleted since.</summary>
    private async Task<JsonObject?> MessageAsync(PlatformEvent stored, CancellationToken ct)
    {
        var message = stored.EventType switch
        {
            NotificationDelivered.TypeName => await NotificationAsync(stored, ct),
            NotificationRead.TypeName => new JsonObject { ["event_type"] = "notification_read", ["notification_id"] = stored.AggregateId },
            _ => new JsonObject { ["event_type"] = "notification_read", ["all"] = true },
        };
        if (message is not null)
            message["unread_count"] = await notifications.CountUnreadAsync(ct);
        return message;
    }

    private async Task<JsonObject?> NotificationAsync(PlatformEvent stored, CancellationToken ct)
    {
        if (await notifications.FindAsync(stored.AggregateId!.ToId(), ct) is not { } view)
            return null;
        var message = JsonSerializer.SerializeToNode(view, Json)!.AsObject();
        message.Insert(0, "event_type", "notification");
        return message;
    }

    private ReadOnlyMemory<byte> Heartbeat() => Render(new { EventType = "heartbeat", Timestamp = clock.GetUtcNow(), Message = "alive" });

    private static ReadOnlyMemory<byte> Render<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, Json);
}
