namespace Platform.Health;

/// <summary>Looks whether one thing that the platform needs works. Registered as a singleton; opens its own scopes. An exception counts as unhealthy.</summary>
public interface IComponentCheck
{
    /// <summary>Lower snake_case, public.</summary>
    string Name { get; }

    /// <summary>The platform is not ready while a critical component is unhealthy.</summary>
    bool IsCritical { get; }

    ValueTask<ComponentFinding> CheckAsync(CancellationToken ct);
}
