namespace Platform.Audit;

/// <summary>Wakes the worker of the chains; set after every commit that stored audit entries.</summary>
internal sealed class AuditSignal
{
    public WorkSignal Work { get; } = new();
}
