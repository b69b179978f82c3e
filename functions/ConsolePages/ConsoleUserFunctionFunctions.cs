using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;

namespace Platform.Functions.ConsolePages;

/// <summary>Query of a function's page.</summary>
public sealed record ConsoleFunctionQuery
{
    /// <summary>The time until now that its charts are of.</summary>
    [AllowedValues("1h", "24h", "7d")]
    public string Period { get; init; } = "24h";
}

/// <summary>The console's pages on functions of users.</summary>
[Api(Family.Executions)]
public sealed class ConsoleUserFunctionFunctions(ConsoleDoor door, FunctionPages pages)
{
    /// <summary>A project's functions.</summary>
    [Function("Console_ListFunctions")]
    [Operation(Permissions.Public, Rate.Api, Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/functions")] HttpRequest http, string projectId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Functions, place => pages.ListAsync(place, ct), ct);

    /// <summary>A function with its code, a test call and its charts.</summary>
    [Function("Console_ShowFunction")]
    [Operation(Permissions.Public, Rate.Api, Query = typeof(ConsoleFunctionQuery), Response = typeof(string), Produces = ConsoleFunctions.Html)]
    public async Task<object> ShowAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{ConsoleFunctions.Project}/functions/{{functionId}}")] HttpRequest http, string projectId, string functionId, CancellationToken ct) =>
        await door.ShowAsync(http, projectId, ConsoleTab.Functions, http.ReadQuery<ConsoleFunctionQuery>(), (place, query) => pages.ShowAsync(place, functionId.ToId(), query.Period, ct), ct);
}
