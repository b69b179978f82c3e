using Microsoft.AspNetCore.Http;

namespace Platform.Functions.ConsolePages;

/// <summary>The console's pages on alerts.</summary>
[Api(Family.Executions)]
public sealed class ConsoleAlertFunctions(ConsoleDoor door, AlertPages pages)
{
    /// <summary>A project's alerts.</summary>
    [Function("Console_ListAlerts")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/alerts")] HttpRequest http, string projectId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Alerts, place => pages.ListAsync(place, ct), ct);

    /// <summary>An alert with its history.</summary>
    [Function("Console_ShowAlert")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/alerts/{{alertId}}")] HttpRequest http, string projectId, string alertId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Alerts, place => pages.ShowAsync(place, alertId.ToId(), ct), ct);
}
