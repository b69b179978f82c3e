namespace Platform.Workflows;

/// <summary>
/// Starts and signals durable orchestrations from the unit of work: each call only adds an outbox row to the context, which is stored with the change
/// and handed to the durable engine after the commit (at least once; starting twice is harmless, even after the first ended).
/// </summary>
public interface IWorkflows
{
    /// <summary>Starts <paramref name="name"/> as instance <paramref name="instanceId"/> (derived from the entity, e.g. <c>exec-{id}</c>) after the commit.</summary>
    void Start(string name, string instanceId, object input);

    /// <summary>Raises an external event of the instance after the commit. May arrive before the instance exists; the relay retries until it does or has ended.</summary>
    void Signal(string instanceId, string eventName, object? payload = null);
}
