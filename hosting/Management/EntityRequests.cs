using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client.Entities;
using EmbeddedFunctions.DurableTask.Entities;
using EmbeddedFunctions.Invocation;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Management;

/// <summary>The entity half of the management API: list, read, signal, and delete, which is the signal of that name.</summary>
internal sealed class EntityRequests(DurableEngine engine, DurableClientProvider clients, IDurableFunctions functions)
{
    // How the official API writes an empty key in a path.
    private const string EmptyKey = "$";
    private const string Delete = "delete";

    public async Task ListAsync(HttpContext http)
    {
        var name = (string?)http.Request.RouteValues["entityName"];
        var query = new StoredEntityQuery(ManagementRequest.Top(http, EntityQuery.DefaultPageSize))
        {
            IdPrefix = name is null ? null : new EntityInstanceId(ManagementRequest.Segment(http, "entityName"), "").ToString(),
            UpdatedFrom = ManagementRequest.Time(http, "lastOperationTimeFrom")?.UtcDateTime,
            UpdatedTo = ManagementRequest.Time(http, "lastOperationTimeTo")?.UtcDateTime,
            After = PageToken.ReadText(http.Request.Headers[PageToken.Header]),
        };
        var state = ManagementRequest.Flag(http, "fetchState", fallback: false);
        await engine.Ready.WaitAsync(http.RequestAborted);
        var rows = await engine.Node.Store.QueryEntitiesAsync(query, http.RequestAborted);
        if (rows.Count == query.Limit)
            http.Response.Headers[PageToken.Header] = PageToken.Write(rows[^1].EntityId);
        await ManagementJson.WriteAsync(http, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            rows.ForEach(row => ManagementJson.WriteEntity(json, row, state));
            json.WriteEndArray();
        });
    }

    public async Task GetAsync(HttpContext http)
    {
        var id = EntityIds.Require(IdOf(http));
        await engine.Ready.WaitAsync(http.RequestAborted);
        if (await engine.Node.Store.GetEntityAsync(id, http.RequestAborted) is { State: { } state })
            await ManagementJson.WriteAsync(http, StatusCodes.Status200OK, json => json.WriteRawValue(state, skipInputValidation: true));
        else
            http.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    /// <summary>The operation is the parameter <c>op</c>, its input the body: JSON, or a text with any other content type.</summary>
    public async Task SignalAsync(HttpContext http)
    {
        object? input = http.Request.HasJsonContentType() ? await ManagementRequest.BodyAsync(http) : await ManagementRequest.TextBodyAsync(http);
        await SignalAsync(http, ManagementRequest.Text(http, "op") ?? throw new ArgumentException("Please provide the operation as the 'op' parameter."), input);
    }

    public Task DeleteAsync(HttpContext http) => SignalAsync(http, Delete, input: null);

    private async Task SignalAsync(HttpContext http, string operation, object? input)
    {
        var id = IdOf(http);
        if (!functions.HasEntity(id.Name))
        {
            await ManagementJson.WriteMessageAsync(http, StatusCodes.Status404NotFound, $"The function '{id.Name}' doesn't exist, is disabled, or is not an entity function.");
            return;
        }

        await clients.Client.Entities.SignalEntityAsync(id, operation, input, cancellation: http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
    }

    private static EntityInstanceId IdOf(HttpContext http)
    {
        var key = http.Request.RouteValues["entityKey"] is null ? EmptyKey : ManagementRequest.Segment(http, "entityKey");
        return new EntityInstanceId(ManagementRequest.Segment(http, "entityName"), key == EmptyKey ? "" : key);
    }
}
