using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.ConsolePages;

/// <summary>Query of a database's page.</summary>
public sealed record ConsoleDatabaseQuery
{
    /// <summary>A table to open, with or without its schema.</summary>
    [StringLength(200)]
    public string? Table { get; init; }
}

/// <summary>The console's pages on databases.</summary>
[Api(Family.Executions)]
public sealed class ConsoleDatabaseFunctions(ConsoleDoor door, DatabasePages pages)
{
    /// <summary>A project's databases.</summary>
    [Function("Console_ListDatabases")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/databases")] HttpRequest http, string projectId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Databases, place => pages.ListAsync(place, ct), ct);

    /// <summary>A database, its tables and a box for queries.</summary>
    [Function("Console_ShowDatabase")]
    [Operation(Permissions.Public, Rate.Api, Query = typeof(ConsoleDatabaseQuery), Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/databases/{{databaseId}}")] HttpRequest http, string projectId, string databaseId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Databases, http.ReadQuery<ConsoleDatabaseQuery>(), (place, query) => pages.ShowAsync(place, databaseId.ToId(), query.Table, ct), ct);
}
