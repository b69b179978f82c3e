namespace EmbeddedFunctions.ServiceBus;

/// <summary>The state of a message in its queue.</summary>
public enum ServiceBusMessageState
{
    /// <summary>Ready for delivery or locked by a receiver.</summary>
    Active = 0,

    /// <summary>Set aside by a receiver.</summary>
    Deferred = 1,

    /// <summary>Waiting for its enqueue time.</summary>
    Scheduled = 2,
}
