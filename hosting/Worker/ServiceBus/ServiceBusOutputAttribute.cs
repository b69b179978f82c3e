using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Sends what the function (or the marked property of its result) returns: a string, bytes, or an object as JSON; an array is one message per element, null is none.</summary>
public sealed class ServiceBusOutputAttribute(string queueOrTopicName, ServiceBusEntityType entityType = ServiceBusEntityType.Queue) : OutputBindingAttribute
{
    /// <summary>Where to; may be <c>%Setting%</c>.</summary>
    public string QueueOrTopicName { get; } = queueOrTopicName;

    /// <summary>Queue or topic.</summary>
    public ServiceBusEntityType EntityType { get; set; } = entityType;

    /// <summary>The setting that holds the connection; the embedded broker has one store and ignores it.</summary>
    public string? Connection { get; set; }
}
