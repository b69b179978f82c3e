using System.Security.Cryptography;
using System.Text.Json;
using Platform.Events;

namespace Platform.Replay;

/// <summary>What all events of one replay have in common; makes the repetitions of stored events.</summary>
/// <param name="SessionId">Null for a replay without session.</param>
public sealed record ReplaySource(Guid? SessionId, string CorrelationId, string? TargetService, bool PreserveTimestamps)
{
    private const int IdBytes = 16;

    public static string NewCorrelationId(DateTimeOffset now) => $"replay_{Guid.CreateVersion7(now)}";

    public static ReplaySource Of(ReplaySession session) => new(session.Id, session.CorrelationId, session.Config.TargetService, session.Config.PreserveTimestamps);

    public EventDraft Repeat(PlatformEvent original)
    {
        var metadata = original.ReadMetadata();
        return new EventDraft
        {
            EventId = SessionId is { } session ? RepetitionId(session, original.EventId) : null,
            EventType = original.EventType,
            Topic = original.Topic,
            Payload = original.Payload,
            Timestamp = PreserveTimestamps ? original.Timestamp : null,
            AggregateId = original.AggregateId,
            CorrelationId = CorrelationId,
            CausationId = original.CausationId,
            UserId = original.UserId,
            OrganizationId = original.OrganizationId,
            ProjectId = original.ProjectId,
            ServiceName = original.ServiceName,
            ServiceVersion = metadata.ServiceVersion,
            ReplayOf = original.EventId,
            Extra = Provenance(original, metadata),
        };
    }

    private Dictionary<string, JsonElement> Provenance(PlatformEvent original, EventMetadata metadata)
    {
        var extra = new Dictionary<string, JsonElement>(metadata.Extra ?? [])
        {
            [ReplayProvenance.Replayed] = JsonSerializer.SerializeToElement(true),
            [ReplayProvenance.OriginalEventId] = JsonSerializer.SerializeToElement(original.EventId),
        };
        if (SessionId is { } session)
            extra[ReplayProvenance.SessionId] = JsonSerializer.SerializeToElement(session);
        if (TargetService is { } service)
            extra[ReplayProvenance.Target] = JsonSerializer.SerializeToElement(service);
        return extra;
    }

    // The same for every attempt, so that a receiver recognises what a crash has made it get twice (UUIDv8 of RFC 9562).
    private static Guid RepetitionId(Guid session, Guid original)
    {
        Span<byte> names = stackalloc byte[2 * IdBytes];
        session.TryWriteBytes(names, bigEndian: true, out _);
        original.TryWriteBytes(names[IdBytes..], bigEndian: true, out _);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(names, hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..IdBytes], bigEndian: true);
    }
}
