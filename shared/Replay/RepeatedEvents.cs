using System.Text.Json;
using Platform.Events;
using Platform.Identity;

namespace Platform.Replay;

/// <summary>Shows the repetitions of events as others get them that do not read the event store.</summary>
public sealed class RepeatedEvents(EventStamp stamp)
{
    public static JsonSerializerOptions Json => WireJson.Snake.Writing;

    public EventView Of(PlatformEvent original, ReplaySource source) =>
        EventView.From(stamp.Stamp(source.Repeat(original), new CallerScope { CorrelationId = source.CorrelationId }));
}
