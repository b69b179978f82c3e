using System.Text.Json;
using Platform.Events;

namespace Platform.Replay;

/// <summary>Events that are sent together, or one that cannot be sent.</summary>
public sealed record ReplayPart(IReadOnlyList<PlatformEvent> Events, Error? Problem);

/// <summary>Cuts a batch where an event does not fit its type or has to go alone.</summary>
public sealed class ReplayParts(EventCatalog catalog)
{
    public IEnumerable<ReplayPart> Of(IReadOnlyList<PlatformEvent> events, ReplayTarget target, string? targetService)
    {
        List<PlatformEvent> together = [];
        foreach (var next in events)
        {
            var problem = Check(next);
            var alone = problem is not null || (target == ReplayTarget.Kafka && ReplayBus.Starts(next, targetService));
            if (!alone)
            {
                together.Add(next);
                continue;
            }

            if (together.Count > 0)
                yield return new ReplayPart(together, null);
            together = [];
            yield return new ReplayPart([next], problem);
        }

        if (together.Count > 0)
            yield return new ReplayPart(together, null);
    }

    private Error? Check(PlatformEvent stored)
    {
        if (catalog.Find(stored.EventType) is not { } description)
            return ReplayErrors.Malformed(stored.EventType);
        using var payload = JsonDocument.Parse(stored.Payload);
        return description.MissingFields(payload.RootElement).Any() ? ReplayErrors.Malformed(stored.EventType) : null;
    }
}
