using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.ConsolePages;

/// <summary>Query of the list of builds.</summary>
public sealed record ConsoleBuildsQuery
{
    /// <summary>Number of the page, from 1.</summary>
    [Range(1, 1_000_000)]
    public int Page { get; init; } = 1;
}

/// <summary>The console's pages on builds.</summary>
[Api(Family.Executions)]
public sealed class ConsoleBuildFunctions(ConsoleDoor door, BuildPages pages)
{
    /// <summary>A project's builds.</summary>
    [Function("Console_ListBuilds")]
    [Operation(Permissions.Public, Rate.Api, Query = typeof(ConsoleBuildsQuery), Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/builds")] HttpRequest http, string projectId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Builds, http.ReadQuery<ConsoleBuildsQuery>(), (place, query) => pages.ListAsync(place, query.Page, ct), ct);

    /// <summary>A build with its steps, its log and its artifacts.</summary>
    [Function("Console_ShowBuild")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/builds/{{buildId}}")] HttpRequest http, string projectId, string buildId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Builds, place => pages.ShowAsync(place, buildId.ToId(), ct), ct);
}
