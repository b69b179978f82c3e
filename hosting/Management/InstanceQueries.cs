using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management;

/// <summary>The reading half of the management API, and removal.</summary>
internal sealed class InstanceQueries(DurableEngine engine, DurableClientProvider clients)
{
    private const int DefaultPage = 100;

    public async Task ListAsync(HttpContext http)
    {
        var query = new InstanceQuery(ManagementRequest.Top(http, DefaultPage))
        {
            CreatedFrom = ManagementRequest.Time(http, "createdTimeFrom")?.UtcDateTime,
            CreatedTo = ManagementRequest.Time(http, "createdTimeTo")?.UtcDateTime,
            Statuses = ManagementRequest.Statuses(http),
            IdPrefix = ManagementRequest.Text(http, "instanceIdPrefix"),
            After = PageToken.Read(http.Request.Headers[PageToken.Header]),
        };
        await engine.Ready.WaitAsync(http.RequestAborted);
        var rows = await engine.Node.Store.QueryAsync(query, http.RequestAborted);
        if (PageToken.Next(rows, query.Limit) is { } next)
            http.Response.Headers[PageToken.Header] = next;
        var input = ManagementRequest.Flag(http, "showInput", fallback: true);
        await ManagementJson.WriteAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            rows.ForEach(row => ManagementJson.WriteInstance(json, row, input));
            json.WriteEndArray();
        });
    }

    public async Task GetAsync(HttpContext http)
    {
        var id = ManagementRequest.Segment(http, "instanceId");
        await GetAsync(http, id, ManagementRequest.Flag(http, "returnInternalServerErrorOnFailure", fallback: false));
    }

    public async Task GetAsync(HttpContext http, string id, bool errorOnFailure)
    {
        var (showHistory, outputs) = (ManagementRequest.Flag(http, "showHistory", fallback: false), ManagementRequest.Flag(http, "showHistoryOutput", fallback: false));
        var input = ManagementRequest.Flag(http, "showInput", fallback: true);
        if (await FindAsync(id, http.RequestAborted) is not { } instance)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var history = showHistory ? await HistoryAsync(instance, http.RequestAborted) : null;
        var status = StatusOf(instance.Status, errorOnFailure);
        if (status == StatusCodes.Status202Accepted)
        {
            http.Response.Headers.Location = $"{ManagementRequest.Origin(http)}{http.Request.Path}{http.Request.QueryString}";
            http.Response.Headers.RetryAfter = "5";
        }

        await ManagementJson.WriteAsync(http, status, json => ManagementJson.WriteInstance(
            json, instance, input, history is null ? null : writer => ManagementJson.WriteHistory(writer, history, outputs, input)));
    }

    public async Task PurgeAsync(HttpContext http)
    {
        var id = ManagementRequest.Segment(http, "instanceId");
        if (await FindAsync(id, http.RequestAborted) is not { } instance)
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        else if (!NewInstance.Finished.Contains(instance.Status))
            await ManagementJson.WriteMessageAsync(http, StatusCodes.Status412PreconditionFailed, $"Only orchestrations in a terminal state can be purged, but '{id}' has the status {instance.Status}.");
        else
            await WritePurgedAsync(http, await clients.Client.PurgeInstanceAsync(id, http.RequestAborted));
    }

    public async Task PurgeByFilterAsync(HttpContext http)
    {
        var from = ManagementRequest.Time(http, "createdTimeFrom") ?? throw new ArgumentException("Please provide value for 'createdTimeFrom' parameter.");
        var statuses = ManagementRequest.Statuses(http);
        var filter = new PurgeInstancesFilter(from, ManagementRequest.Time(http, "createdTimeTo") ?? engine.Node.Clock.GetUtcNow(), statuses.Count == 0 ? null : statuses);
        var purged = await clients.Client.PurgeAllInstancesAsync(filter, http.RequestAborted);
        if (purged.PurgedInstanceCount == 0)
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            await WritePurgedAsync(http, purged);
    }

    public async Task<StoredInstance?> FindAsync(string id, CancellationToken ct)
    {
        await engine.Ready.WaitAsync(ct);
        return await engine.Node.Store.GetAsync(id, ct);
    }

    public async Task<List<HistoryEntry>> HistoryAsync(StoredInstance instance, CancellationToken ct) =>
        InstanceHistory.Read(instance, await engine.Node.Store.ReadHistoryAsync(instance.Header.InstanceId, instance.Header.Generation, ct));

    private static int StatusOf(OrchestrationRuntimeStatus status, bool errorOnFailure) => status switch
    {
        OrchestrationRuntimeStatus.Failed => errorOnFailure ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK,
        _ => NewInstance.Finished.Contains(status) ? StatusCodes.Status200OK : StatusCodes.Status202Accepted,
    };

    private static Task WritePurgedAsync(HttpContext http, PurgeResult purged) => ManagementJson.WriteAsync(http, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteNumber("instancesDeleted", purged.PurgedInstanceCount);
        json.WriteEndObject();
    });
}
