using Microsoft.AspNetCore.Http;
using Platform.Events;

namespace Platform.Functions.Events;

/// <summary>Everybody's events as files, for operators.</summary>
[Api(Family.Executions)]
public sealed class AdminEventExportFunctions(EventExport export, EventCatalog catalog)
{
    /// <summary>Download events as CSV, newest first.</summary>
    [Function("AdminEvents_ExportCsv")]
    [Operation(Permissions.PlatformEvents, Rate.Admin, Audit = "event.export", Query = typeof(ExportQuery), Response = typeof(string), Produces = "text/csv")]
    public async Task<IResultValue?> ExportCsvAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/events/export/csv")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ExportQuery>();
        var chosen = query.IsOk ? await BeginAsync(query.Value, ct) : query.Error;
        if (!chosen.IsOk)
            return (Result<Nothing>)chosen.Error;
        await EventCsvFile.WriteAsync(http.HttpContext.Response, export, chosen.Value, ct);
        return null; // the file was the answer
    }

    /// <summary>Download events as JSON with all their members, newest first.</summary>
    [Function("AdminEvents_ExportJson")]
    [Operation(Permissions.PlatformEvents, Rate.Admin, Audit = "event.export", Query = typeof(ExportQuery), Response = typeof(EventExportDocument))]
    public async Task<IResultValue?> ExportJsonAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/v1/admin/events/export/json")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ExportQuery>();
        var chosen = query.IsOk ? await BeginAsync(query.Value, ct) : query.Error;
        if (!chosen.IsOk)
            return (Result<Nothing>)chosen.Error;
        await EventJsonFile.WriteAsync(http.HttpContext.Response, export, chosen.Value, query.Value, ct);
        return null; // the file was the answer
    }

    private async Task<Result<ExportedEvents>> BeginAsync(ExportQuery query, CancellationToken ct) =>
        catalog.Check(query.EventTypes ?? [], "query", "event_types") is { } unknown ? unknown : await export.BeginAsync(query.ToFilter(), query.Limit, ct);
}
