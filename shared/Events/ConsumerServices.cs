namespace Platform.Events;

/// <summary>The consumers of executions.md §2.5, by the names with which a replay targets them.</summary>
public static class ConsumerServices
{
    public const string ExecutionCoordinator = "execution-coordinator";
    public const string Notifications = "notification-service";
    public const string StreamGateway = "sse-gateway";

    public static IReadOnlyList<string> All { get; } =
        ["event-store", ExecutionCoordinator, "saga-orchestrator", "sandbox-worker", "result-processor", Notifications, StreamGateway, "projections"];

    /// <summary>The name of the consumer that a subscription of the topic stands for.</summary>
    public static string Of(string subscription) => subscription == "notifications" ? Notifications : subscription;
}
