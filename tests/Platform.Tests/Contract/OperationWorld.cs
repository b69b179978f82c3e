using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;

using Platform.Functions.Http;
using Platform.Organizations;
using Platform.RateLimits;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Contract;

/// <summary>The app with one caller of each standing, and every operation of its catalogue. One per database, started when first wanted.</summary>
public sealed class OperationWorlds : IAsyncLifetime
{
    private readonly PerDatabase<OperationWorld> _worlds = new(db => OperationWorld.StartAsync(db));

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _worlds.DisposeAsync();

    internal Task<OperationWorld> GetAsync(Db db) => _worlds.GetAsync(db);
}

/// <param name="App">Its limits are out of the way.</param>
/// <param name="Owner">Owner of his personal organization, in which the objects of the calls are.</param>
/// <param name="Viewer">Viewer there.</param>
/// <param name="Foreign">Owner of another organization, no member there.</param>
internal sealed record OperationWorld(PlatformApp App, TestUser Owner, TestUser Viewer, TestUser Foreign) : IAsyncDisposable
{
    private readonly Lazy<RouteIds> _ids = new(() => new RouteIds(App, Owner));

    public IEnumerable<Operation> Operations => App.Services.GetRequiredService<OperationCatalog>().All.Where(operation => operation.Name != FallbackFunctions.Name);

    /// <summary>Operations that want a credential, with each of their methods.</summary>
    public IEnumerable<(Operation Operation, HttpMethod Method)> Guarded => Calls.Where(call => !call.Operation.IsPublic);

    public IEnumerable<(Operation Operation, HttpMethod Method)> Calls =>
        Operations.SelectMany(operation => operation.Methods.Where(method => method is not ("HEAD" or "OPTIONS")).Select(method => (operation, HttpMethod.Parse(method))));

    public RouteIds Ids => _ids.Value;

    public static async Task<OperationWorld> StartAsync(Db db, Action<IServiceCollection>? configure = null)
    {
        var app = await PlatformApp.StartAsync(db, configure, settings: NoLimits);
        var (owner, viewer, foreign) = (await app.CreateUserAsync(), await app.CreateUserAsync(), await app.CreateUserAsync());
        await app.JoinAsync(viewer, owner, OrganizationRole.Viewer);
        return new OperationWorld(app, owner, viewer, foreign);
    }

    /// <summary>Makes the owner's objects for all calls, before one of them ends his session.</summary>
    public async Task MakeObjectsAsync()
    {
        foreach (var route in Operations.Select(operation => operation.Route).Where(route => !RouteIds.Unknown(route).Any()))
            await Ids.PathOfAsync(route);
    }

    /// <summary>Sends the call with ids of the owner's objects and the least query and body that are well formed.</summary>
    public async Task<HttpResponseMessage> SendAsync(Operation operation, HttpMethod method, Action<HttpRequestHeaders>? credential = null)
    {
        using var client = App.Client(credential);
        using var request = new HttpRequestMessage(method, await Ids.PathOfAsync(operation.Route) + SampleBody.QueryOf(operation));
        request.Content = SampleBody.Of(operation, method);
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bound.Token);
        if (answer.Content.Headers.ContentType?.MediaType == "application/json")
            await answer.Content.LoadIntoBufferAsync(bound.Token);
        return answer;
    }

    public ValueTask DisposeAsync() => App.DisposeAsync();

    public static Action<HttpRequestHeaders> Bearer(string token) => headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", token);

    // Every class, so that one that a new operation uses is out of the way too.
    private static (string Key, string Value)[] NoLimits => [.. Enum.GetValues<Rate>().Where(rate => rate != Rate.None)
        .Select(rate => ($"RateLimit:Limits:{System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(rate.ToString())}", "10000000"))];
}
