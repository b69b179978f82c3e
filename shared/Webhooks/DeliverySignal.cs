namespace Platform.Webhooks;

/// <summary>Wakes this node's deliverer: something is due, or room has become free.</summary>
public sealed class DeliverySignal
{
    public WorkSignal Work { get; } = new();
}
