namespace EmbeddedFunctions.Hosting;

/// <summary>Where the host keeps orchestrations, messages, timers and keys.</summary>
public interface IHostStorage
{
    /// <summary>Stores and removes a row in each of the host's databases, durably. What goes wrong is the database's own exception, e.g. for a full disk or a read-only database.</summary>
    Task ProbeAsync(CancellationToken ct);
}
