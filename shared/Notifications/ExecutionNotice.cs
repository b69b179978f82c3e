using System.Globalization;
using System.Text.Json;
using Platform.Events;

namespace Platform.Notifications;

/// <summary>The templates of the three execution types (executions.md §2.12), filled from the event; what is missing stays empty.</summary>
internal sealed record ExecutionNotice(NotificationType Type, NotificationSeverity Severity, string Subject, string Body, string Outcome)
{
    private const int ShownErrors = 200;

    public static readonly IReadOnlyList<string> EventTypes = ["execution_completed", "execution_failed", "execution_timeout"];

    public static ExecutionNotice Of(PlatformEvent stored)
    {
        var payload = stored.ReadPayload<JsonElement>();
        var id = stored.AggregateId;
        return stored.EventType switch
        {
            "execution_completed" => new(
                NotificationType.ExecutionCompleted, NotificationSeverity.Medium, $"Execution Completed: {id}",
                string.Create(CultureInfo.InvariantCulture, $"Your execution completed in {Seconds(payload):0.00} s."), "completed"),
            "execution_failed" => new(
                NotificationType.ExecutionFailed, NotificationSeverity.High, $"Execution Failed: {id}",
                $"Your execution failed ({Text(payload, "error_type")}, exit code {Text(payload, "exit_code")}). {Excerpt.Of(Text(payload, "stderr"), ShownErrors)}".TrimEnd(), "failed"),
            _ => new(
                NotificationType.ExecutionTimeout, NotificationSeverity.High, $"Execution Timeout: {id}",
                $"Your execution timed out after {Text(payload, "timeout_seconds")} s.", "timeout"),
        };
    }

    private static double Seconds(JsonElement payload) =>
        payload.TryGetProperty("resource_usage", out var usage) && usage.TryGetProperty("execution_time_wall_seconds", out var wall) ? wall.GetDouble() : 0;

    private static string Text(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) ? value.ToString() : "";
}
