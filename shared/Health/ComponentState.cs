namespace Platform.Health;

public enum ComponentStatus
{
    Healthy,

    /// <summary>Works, with less than it should have.</summary>
    Degraded,
    Unhealthy,

    /// <summary>Not looked at yet.</summary>
    Unknown,
}

/// <summary>What one check found. <paramref name="Reason"/> is made of fixed words: no addresses, no exception texts.</summary>
public readonly record struct ComponentFinding(ComponentStatus Status, string? Reason = null)
{
    public static readonly ComponentFinding Healthy = new(ComponentStatus.Healthy);

    public static ComponentFinding Degraded(string reason) => new(ComponentStatus.Degraded, reason);

    public static ComponentFinding Unhealthy(string reason) => new(ComponentStatus.Unhealthy, reason);
}

/// <summary>A finding with its name and the time it took.</summary>
public sealed record ComponentState(string Name, bool IsCritical, ComponentStatus Status, string? Reason, TimeSpan Duration);

/// <summary>The findings of one probe of everything.</summary>
public sealed record HealthReport(IReadOnlyList<ComponentState> Components, DateTimeOffset CheckedAt)
{
    /// <summary>Unhealthy when a critical component is, degraded when any other is not healthy.</summary>
    public ComponentStatus Status =>
        Components.Any(component => component is { IsCritical: true, Status: ComponentStatus.Unhealthy }) ? ComponentStatus.Unhealthy
        : Components.Any(component => component.Status is ComponentStatus.Unhealthy or ComponentStatus.Degraded) ? ComponentStatus.Degraded
        : ComponentStatus.Healthy;

    public ComponentState? Find(string name) => Components.FirstOrDefault(component => component.Name == name);
}
