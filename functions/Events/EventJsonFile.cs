using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>The head of an exported JSON file, with the query as it was understood.</summary>
public sealed record EventExportHead(DateTimeOffset ExportedAt, int TotalEvents, IReadOnlyDictionary<string, object> FiltersApplied, int ExportLimit);

/// <summary>An exported JSON file; it is written event by event.</summary>
public sealed record EventExportDocument(EventExportHead ExportMetadata, IReadOnlyList<EventEnvelope> Events);

/// <summary>Writes events as JSON to the client, as they are read.</summary>
internal static class EventJsonFile
{
    private const int Portion = 20; // an event may hold two outputs of a mebibyte each
    private const int FlushAbove = 1 << 16;
    private static readonly JsonSerializerOptions Wire = WireJson.Snake.Writing;

    public static async Task WriteAsync(HttpResponse response, EventExport export, ExportedEvents events, ExportQuery query, CancellationToken ct)
    {
        EventFile.Begin(response, "application/json", "json", events.ExportedAt);
        await using var json = new Utf8JsonWriter(response.BodyWriter, new JsonWriterOptions { Encoder = Wire.Encoder });
        json.WriteStartObject();
        json.WritePropertyName("export_metadata");
        JsonSerializer.Serialize(json, new EventExportHead(events.ExportedAt, events.RowIds.Count, FiltersOf(query), query.Limit), Wire);
        json.WriteStartArray("events");
        var flushed = 0L;
        await foreach (var stored in export.ReadAsync(events, Portion, e => e, ct))
        {
            JsonSerializer.Serialize(json, EventEnvelope.From(stored), Wire);
            if (json.BytesCommitted + json.BytesPending - flushed < FlushAbove)
                continue;
            await FlushAsync(json, response, ct);
            flushed = json.BytesCommitted;
        }

        json.WriteEndArray();
        json.WriteEndObject();
        await FlushAsync(json, response, ct);
    }

    private static async Task FlushAsync(Utf8JsonWriter json, HttpResponse response, CancellationToken ct)
    {
        await json.FlushAsync(ct);
        await response.BodyWriter.FlushAsync(ct);
    }

    private static Dictionary<string, object> FiltersOf(ExportQuery query)
    {
        var filter = query.ToFilter();
        var applied = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["event_types"] = filter.EventTypes.Count > 0 ? filter.EventTypes : null,
            ["aggregate_id"] = filter.AggregateId,
            ["correlation_id"] = filter.CorrelationId,
            ["user_id"] = filter.UserId,
            ["service_name"] = filter.ServiceName,
            ["start_time"] = filter.From,
            ["end_time"] = filter.To,
        };
        return applied.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!, StringComparer.Ordinal);
    }
}
