using System.Text;
using Microsoft.AspNetCore.Http;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Writes events as CSV to the client, as they are read.</summary>
internal static class EventCsvFile
{
    private const string Header = "Event ID,Event Type,Timestamp,Correlation ID,Aggregate ID,User ID,Service,Status,Error\r\n";
    private const int Portion = 500;

    public static async Task WriteAsync(HttpResponse response, EventExport export, ExportedEvents events, CancellationToken ct)
    {
        EventFile.Begin(response, Csv.ContentType, "csv", events.ExportedAt);
        await response.WriteAsync(Header, Encoding.UTF8, ct);
        var rows = export.ReadAsync(
            events, Portion, e => new EventRow(e.EventId, e.EventType, e.Timestamp, e.CorrelationId, e.AggregateId, e.UserId, e.ServiceName, e.Status, e.Error), ct);
        await foreach (var row in rows)
            await response.WriteAsync(row.ToCsv(), Encoding.UTF8, ct);
    }

    private sealed record EventRow(
        Guid EventId, string EventType, DateTimeOffset Timestamp, string? CorrelationId, string? AggregateId, Guid? UserId, string ServiceName, string? Status, string? Error)
    {
        public string ToCsv() => Csv.Row(
            EventId.ToString(), EventType, WireTime.ToText(Timestamp), CorrelationId, AggregateId, UserId?.ToString(), ServiceName, Status, Error);
    }
}
