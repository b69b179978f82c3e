using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Executions;

namespace Platform.Functions.Events;

/// <summary>The messages of an execution's stream (executions.md §3.3).</summary>
public sealed class ExecutionMessages(IServiceScopeFactory scopes, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = WireJson.Snake.Writing;
    private static readonly string[] Shown = ["stdout", "stderr", "exit_code", "timeout_seconds", "resource_usage", "error_type"];

    /// <summary>Whether the stream shows events of this type: everything of the execution, its sandbox and its result, but no commands and no saga.</summary>
    public static bool Shows(string eventType) =>
        eventType.StartsWith("execution_", StringComparison.Ordinal) || eventType.StartsWith("pod_", StringComparison.Ordinal) || ResultEvents.Ends(eventType);

    public ReadOnlyMemory<byte> Connected(Guid executionId) =>
        Render(new { EventType = "connected", ExecutionId = executionId, ConnectionId = Guid.CreateVersion7(), Timestamp = clock.GetUtcNow() });

    public ReadOnlyMemory<byte> Status(Guid executionId, ExecutionStatus status) =>
        Render(new { EventType = "status", ExecutionId = executionId, Status = status, Timestamp = clock.GetUtcNow() });

    public ReadOnlyMemory<byte> Heartbeat(Guid executionId) =>
        Render(new { EventType = "heartbeat", ExecutionId = executionId, Timestamp = clock.GetUtcNow(), Message = "alive" });

    /// <summary>The end of an execution whose events have expired, from its record.</summary>
    public ReadOnlyMemory<byte> Result(ExecutionView view) => Render(new
    {
        EventType = ResultEvents.Stored,
        Type = ResultEvents.Stored,
        Timestamp = view.CompletedAt ?? clock.GetUtcNow(),
        view.ExecutionId,
        view.Status,
        Result = view,
    });

    /// <summary>A stored event; <c>result_stored</c> carries the whole result.</summary>
    public async Task<ReadOnlyMemory<byte>> RenderAsync(PlatformEvent stored)
    {
        var result = stored.EventType == ResultEvents.Stored ? await ReadResultAsync(Guid.Parse(stored.AggregateId!)) : null;
        using var payload = JsonDocument.Parse(stored.Payload);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = Json.Encoder, SkipValidation = true });
        writer.WriteStartObject();
        writer.WriteString("event_type", stored.EventType);
        writer.WriteString("type", stored.EventType);
        writer.WriteString("event_id", stored.EventId);
        writer.WriteString("timestamp", WireTime.ToText(stored.Timestamp));
        writer.WriteString("execution_id", stored.AggregateId);
        writer.WriteString("status", StatusAfter(stored.EventType, payload.RootElement, result));
        foreach (var name in Shown.Append(stored.EventType == ResultEvents.Failed ? "error" : ""))
        {
            if (payload.RootElement.TryGetProperty(name, out var value))
            {
                writer.WritePropertyName(name);
                value.WriteTo(writer);
            }
        }

        if (result is not null)
        {
            writer.WritePropertyName("result");
            JsonSerializer.Serialize(writer, result, Json);
        }

        writer.WriteEndObject();
        await writer.FlushAsync();
        return buffer.WrittenMemory;
    }

    // A cancellation that was asked for has not happened yet; the pod's end or the result tells that it has.
    private static string StatusAfter(string eventType, JsonElement payload, ExecutionView? result) => eventType switch
    {
        ResultEvents.Stored => result is null ? "completed" : EnumWords<ExecutionStatus>.ToWord(result.Status),
        ResultEvents.Failed => "error",
        "pod_created" or "pod_scheduled" => "scheduled",
        "pod_running" or "execution_started" or "execution_running" => "running",
        "pod_succeeded" or "execution_completed" => "completed",
        "pod_failed" or "execution_failed" => "failed",
        "execution_timeout" => "timeout",
        "pod_terminated" => Word(payload, "reason") ?? "cancelled",
        "execution_cancelled" => Word(payload, "previous_status") ?? "queued",
        _ => "queued",
    };

    private static string? Word(JsonElement payload, string name) => payload.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    // In a scope of its own: all streams of the execution share what the first of them asked for, and that one may be gone before it is read.
    private async Task<ExecutionView?> ReadResultAsync(Guid executionId)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var view = await scope.ServiceProvider.GetRequiredService<ExecutionQueries>().GetAsync(executionId, CancellationToken.None);
        return view.IsOk ? view.Value : null;
    }

    private static ReadOnlyMemory<byte> Render<T>(T message) => JsonSerializer.SerializeToUtf8Bytes(message, Json);
}
