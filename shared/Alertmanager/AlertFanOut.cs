namespace Platform.Alertmanager;

/// <summary>What a message brought for one alert.</summary>
public enum AlertChange
{
    Fired,
    Repeated,
    Resolved,
}

/// <summary>The durable orchestration that tells users of the alerts of one message: its name, instance id and input.</summary>
public static class AlertFanOut
{
    public const string Name = "AlertFanOut";

    public static string InstanceId(Guid requestId) => $"alert-{requestId}";

    public sealed record Input(IReadOnlyList<Item> Items, string? CorrelationId);

    /// <param name="StateId">The <see cref="AlertState"/>.</param>
    /// <param name="CauseId">What the notifications in question tell of: its firing or its end.</param>
    public sealed record Item(Guid StateId, AlertChange Change, Guid CauseId);

    /// <summary>Notifications that were stored, and users and alerts that failed.</summary>
    public sealed record Outcome(int Told, int Failed);
}

/// <summary>A page of users who were told; the next one begins after <paramref name="Next"/>, which is null after the last.</summary>
public sealed record AlertPage(Guid? Next, int Told, int Failed);
