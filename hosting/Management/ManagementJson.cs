using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Entities;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management;

/// <summary>The answers of the management API, in the words of the official one.</summary>
internal static class ManagementJson
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static async Task WriteAsync(HttpContext http, int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        await using (var json = new Utf8JsonWriter(buffer, Options))
            write(json);
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.ContentLength = buffer.WrittenCount;
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }

    public static Task WriteMessageAsync(HttpContext http, int status, string message) => WriteAsync(http, status, json =>
    {
        json.WriteStartObject();
        json.WriteString("Message", message);
        json.WriteEndObject();
    });

    public static void WriteInstance(Utf8JsonWriter json, StoredInstance instance, bool input, Action<Utf8JsonWriter>? history = null)
    {
        json.WriteStartObject();
        json.WriteString("name", instance.Header.Name);
        json.WriteString("instanceId", instance.Header.InstanceId);
        json.WriteString("runtimeStatus", instance.Status.ToString());
        WriteRaw(json, "input", input ? instance.Header.Input : null);
        WriteRaw(json, "customStatus", instance.CustomStatus);
        if (instance.Failure is { } failure)
            json.WriteString("output", $"{failure.Type}: {failure.Message}");
        else
            WriteRaw(json, "output", instance.Output);
        json.WriteString("createdTime", Seconds(instance.Header.CreatedAt));
        json.WriteString("lastUpdatedTime", Seconds(instance.UpdatedAt));
        if (history is not null)
        {
            json.WritePropertyName("historyEvents");
            history(json);
        }

        json.WriteEndObject();
    }

    public static void WriteEntity(Utf8JsonWriter json, StoredEntity entity, bool state)
    {
        var id = EntityInstanceId.FromString(entity.EntityId);
        json.WriteStartObject();
        json.WriteStartObject("entityId");
        json.WriteString("name", id.Name);
        json.WriteString("key", id.Key);
        json.WriteEndObject();
        json.WriteString("lastOperationTime", entity.UpdatedAt);
        WriteRaw(json, "state", state ? entity.State : null);
        json.WriteEndObject();
    }

    /// <param name="outputs">With the results of tasks; those of the instance are there in any case.</param>
    /// <param name="inputs">With inputs.</param>
    public static void WriteHistory(Utf8JsonWriter json, List<HistoryEntry> history, bool outputs, bool inputs)
    {
        json.WriteStartArray();
        foreach (var entry in history)
            WriteEntry(json, entry, outputs, inputs);
        json.WriteEndArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, HistoryEntry entry, bool outputs, bool inputs)
    {
        json.WriteStartObject();
        json.WriteString("EventType", OfficialName(entry.EventType));
        WriteText(json, entry.EventType is nameof(EventRaised) or nameof(EventSent) ? "Name" : "FunctionName", entry.Name);
        WriteText(json, "InstanceId", entry.InstanceId);
        if (entry.FireAt is { } fireAt)
            json.WriteString("FireAt", fireAt);
        if (inputs && entry.Input is not null)
            WriteRaw(json, "Input", entry.Input);
        if (outputs && entry.Result is not null)
            WriteRaw(json, "Result", entry.Result);
        WriteFailure(json, entry.Failure);
        WriteText(json, entry.EventType == nameof(ExecutionCompleted) ? "OrchestrationStatus" : "Reason", entry.Remark);
        if (entry.ScheduledTime is { } scheduled && !entry.IsOpen)
            json.WriteString("ScheduledTime", scheduled);
        json.WriteString("Timestamp", entry.Timestamp);
        json.WriteEndObject();
    }

    private static void WriteFailure(Utf8JsonWriter json, Failure? failure)
    {
        if (failure is null)
            return;
        json.WriteString("Reason", $"{failure.Type}: {failure.Message}");
        WriteText(json, "Details", failure.StackTrace);
    }

    private static string OfficialName(string type) => type switch
    {
        nameof(SubOrchestrationCreated) => "SubOrchestrationInstanceCreated",
        nameof(SubOrchestrationCompleted) => "SubOrchestrationInstanceCompleted",
        nameof(SubOrchestrationFailed) => "SubOrchestrationInstanceFailed",
        _ => type,
    };

    private static void WriteText(Utf8JsonWriter json, string name, string? text)
    {
        if (text is not null)
            json.WriteString(name, text);
    }

    private static void WriteRaw(Utf8JsonWriter json, string name, string? value)
    {
        json.WritePropertyName(name);
        if (value is null)
            json.WriteNullValue();
        else
            json.WriteRawValue(value, skipInputValidation: true);
    }

    private static string Seconds(DateTime time) => $"{time:s}Z";
}
