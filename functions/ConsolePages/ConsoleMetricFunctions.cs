using Microsoft.AspNetCore.Http;

namespace Platform.Functions.ConsolePages;

/// <summary>The console's page on metrics.</summary>
[Api(Family.Executions)]
public sealed class ConsoleMetricFunctions(ConsoleDoor door, MetricPages pages)
{
    /// <summary>A project's metrics, or a chart of one.</summary>
    [Function("Console_ShowMetrics")]
    [Operation(Permissions.Public, Rate.Api, Query = typeof(ConsoleMetricQuery), Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ShowAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/metrics")] HttpRequest http, string projectId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Metrics, http.ReadQuery<ConsoleMetricQuery>(), (place, query) => pages.ShowAsync(place, query, ct), ct);
}
