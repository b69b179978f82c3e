using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Worker;

/// <summary>Runs the function for each message of a queue or a topic's subscription. Names may be <c>%Setting%</c>. A function that throws abandons its message.</summary>
public sealed class ServiceBusTriggerAttribute : TriggerBindingAttribute
{
    /// <summary>Messages of a queue.</summary>
    public ServiceBusTriggerAttribute(string queueName) => QueueName = queueName;

    /// <summary>Messages of a subscription.</summary>
    public ServiceBusTriggerAttribute(string topicName, string subscriptionName)
    {
        TopicName = topicName;
        SubscriptionName = subscriptionName;
    }

    /// <summary>The queue, or null.</summary>
    public string? QueueName { get; }

    /// <summary>The topic, or null.</summary>
    public string? TopicName { get; }

    /// <summary>The topic's subscription, or null.</summary>
    public string? SubscriptionName { get; }

    /// <summary>The setting that holds the connection; the embedded broker has one store and ignores it.</summary>
    public string? Connection { get; set; }

    /// <summary>The messages of a session come in order and one at a time, over all nodes; every message of the queue or subscription must have a session id.</summary>
    public bool IsSessionsEnabled { get; set; }

    /// <summary>Complete the message when the function returns; otherwise the function settles it through <see cref="ServiceBusMessageActions"/>.</summary>
    public bool AutoCompleteMessages { get; set; } = true;

    /// <summary>The function gets an array or list of messages: what waits, up to <c>maxMessageBatchSize</c>. All are completed together, or given back together.</summary>
    public bool IsBatched { get; set; }
}
