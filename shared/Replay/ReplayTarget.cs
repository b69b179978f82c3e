namespace Platform.Replay;

/// <summary>Where replayed events go.</summary>
public enum ReplayTarget
{
    /// <summary>The platform's event bus.</summary>
    Kafka,

    /// <summary>Batches are posted to an address.</summary>
    Callback,

    /// <summary>JSON lines in the blob store.</summary>
    File,

    /// <summary>Nowhere: events are counted and checked.</summary>
    Test,
}
