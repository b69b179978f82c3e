using Microsoft.AspNetCore.Http;

namespace Platform.Functions.ConsolePages;

/// <summary>The console's pages on webhooks.</summary>
[Api(Family.Executions)]
public sealed class ConsoleWebhookFunctions(ConsoleDoor door, WebhookPages pages)
{
    /// <summary>The webhooks that a project's events go to.</summary>
    [Function("Console_ListWebhooks")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/webhooks")] HttpRequest http, string projectId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Webhooks, place => pages.ListAsync(place, ct), ct);

    /// <summary>A webhook with its deliveries.</summary>
    [Function("Console_ShowWebhook")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/webhooks/{{webhookId}}")] HttpRequest http, string projectId, string webhookId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Webhooks, place => pages.ShowAsync(place, webhookId.ToId(), ct), ct);
}
