using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Tests.Databases;
using Platform.Tests.Fixtures;

namespace Platform.Tests.UserFunctions;

/// <summary>User functions as a test's user sees them.</summary>
internal sealed class FunctionClient(HttpClient http, Guid project)
{
    public Guid Project => project;

    public static async Task<FunctionClient> StartAsync(PlatformApp app)
    {
        var user = await app.CreateUserAsync();
        return new FunctionClient(user.Client, (await app.PlaceOfAsync(user)).ProjectId);
    }

    public Task<Answer> CreateAsync(object function, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, $"/project/{project}", function, idempotencyKey);

    public Task<Answer> ListAsync(string query = "") => SendAsync(HttpMethod.Get, $"/project/{project}{query}");

    public Task<Answer> RuntimesAsync() => SendAsync(HttpMethod.Get, "/runtimes");

    public Task<Answer> GetAsync(object id, string query = "") => SendAsync(HttpMethod.Get, $"/{id}{query}");

    public Task<Answer> ChangeAsync(object id, object change) => SendAsync(HttpMethod.Patch, $"/{id}", change);

    public Task<Answer> PublishAsync(object id, object url) => SendAsync(HttpMethod.Put, $"/{id}/url", url);

    public Task<Answer> UnpublishAsync(object id) => SendAsync(HttpMethod.Delete, $"/{id}/url");

    public Task<Answer> DeleteAsync(object id, string query = "") => SendAsync(HttpMethod.Delete, $"/{id}{query}");

    public Task<Answer> ToggleAsync(object id, object toggle) => SendAsync(HttpMethod.Patch, $"/{id}/toggle", toggle);

    public Task<Answer> CodeAsync(object id, object code) => SendAsync(HttpMethod.Patch, $"/{id}/code", code);

    public Task<Answer> DeployAsync(object id, object deployment) => SendAsync(HttpMethod.Post, $"/{id}/deploy", deployment);

    public Task<Answer> DeploymentAsync(object id, object deployment) => SendAsync(HttpMethod.Get, $"/{id}/deployments/{deployment}");

    public Task<Answer> InvokeAsync(object id, object? payload = null, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, $"/{id}/invoke", new { payload }, idempotencyKey);

    public Task<Answer> TestAsync(object id, object test) => SendAsync(HttpMethod.Post, $"/{id}/test", test);

    public Task<Answer> LogsAsync(object id, string query = "") => SendAsync(HttpMethod.Get, $"/{id}/logs{query}");

    public Task<Answer> MetricsAsync(object id, string query = "") => SendAsync(HttpMethod.Get, $"/{id}/metrics{query}");

    public Task<Answer> AnalyticsAsync(object id, string query = "") => SendAsync(HttpMethod.Get, $"/{id}/analytics{query}");

    /// <summary>A function that serves.</summary>
    public async Task<Guid> ServingAsync(string code, string runtime = "node", string name = "main", object? more = null)
    {
        var body = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        (body["name"], body["runtime"], body["code"]) = (name, runtime, code);
        body["network"] ??= "none";
        var created = (await CreateAsync(body)).Ok(HttpStatusCode.Created).Data;
        var id = created.GetProperty("id").GetGuid();
        await SettledAsync(id);
        return id;
    }

    /// <summary>The function once its latest deployment has ended.</summary>
    public async Task<JsonElement> SettledAsync(Guid id)
    {
        JsonElement found = default;
        await Until.TrueAsync(
            async () =>
            {
                found = (await GetAsync(id)).Ok().Data;
                return found.GetProperty("latestDeployment").GetProperty("finishedAt").ValueKind != JsonValueKind.Null;
            },
            "the deployment has ended",
            seconds: 60);
        return found;
    }

    public async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, "/api/functions" + path);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await http.SendAsync(request);
        return new Answer(answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
