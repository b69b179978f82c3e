namespace Platform.Health;

/// <summary>Tells whether the host's durable task hub works. An exception says that it does not.</summary>
public interface ITaskHubProbe
{
    /// <param name="client">Of the function that asks.</param>
    /// <param name="ct">Ends the look.</param>
    Task ProbeAsync(DurableTaskClient client, CancellationToken ct);
}
