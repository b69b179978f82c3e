using Microsoft.Extensions.Options;

namespace Platform.Events;

/// <summary>Which events go to the topic: those that somebody takes, or all of them (<c>Events:ForwardAll</c>).</summary>
public sealed class ForwardedEvents(EventSubscriptions subscriptions, IOptions<EventOptions> options)
{
    public bool Contains(string eventType) => options.Value.ForwardAll || subscriptions.Handles(eventType);
}
