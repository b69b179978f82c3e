using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Builds;

internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public JsonElement Data => Body.GetProperty("data");

    public (int Status, string Code) Refusal => ((int)Status, Body.TryGetProperty("code", out var code) ? code.GetString()! : Body.ToString());

    public Answer Ok(HttpStatusCode status = HttpStatusCode.OK)
    {
        Assert.True(Status == status, $"{Status}: {Body}");
        return this;
    }
}

/// <summary>The builds of a project as a test's user sees them.</summary>
internal sealed class BuildClient(HttpClient http, Guid project)
{
    public HttpClient Http => http;

    public Guid Project => project;

    public static async Task<BuildClient> OfAsync(PlatformApp app, TestUser user) => new(user.Client, (await app.PlaceOfAsync(user)).ProjectId);

    public Task<Answer> CreateAsync(object build) => SendAsync(HttpMethod.Post, $"/api/builds/project/{project}", build);

    public async Task<Guid> CreatedAsync(object build) => Id((await CreateAsync(build)).Ok(HttpStatusCode.Created).Data);

    public Task<Answer> ListAsync(string query = "") => SendAsync(HttpMethod.Get, $"/api/builds/project/{project}{query}");

    public Task<Answer> GetAsync(Guid id) => SendAsync(HttpMethod.Get, $"/api/builds/{id}");

    public Task<Answer> StatusAsync(Guid id, object report) => SendAsync(HttpMethod.Patch, $"/api/builds/{id}/status", report);

    public Task<Answer> LogAsync(Guid id, object lines) => SendAsync(HttpMethod.Post, $"/api/builds/{id}/logs", lines);

    public Task<Answer> LogsAsync(Guid id, string query = "") => SendAsync(HttpMethod.Get, $"/api/builds/{id}/logs{query}");

    public Task<Answer> AddStepAsync(Guid id, object step) => SendAsync(HttpMethod.Post, $"/api/builds/{id}/steps", step);

    public Task<Answer> ChangeStepAsync(Guid id, Guid step, object report) => SendAsync(HttpMethod.Patch, $"/api/builds/{id}/steps/{step}", report);

    public Task<Answer> RetryAsync(Guid id, object? retry = null) => SendAsync(HttpMethod.Post, $"/api/builds/{id}/retry", retry ?? new { });

    public Task<Answer> CancelAsync(Guid id, object? reason = null) => SendAsync(HttpMethod.Post, $"/api/builds/{id}/cancel", reason ?? new { });

    public Task<Answer> HooksAsync(Guid id, object run) => SendAsync(HttpMethod.Post, $"/api/builds/{id}/hooks", run);

    public Task<Answer> MetricsAsync(Guid id) => SendAsync(HttpMethod.Get, $"/api/builds/{id}/metrics");

    public Task<Answer> AnalyticsAsync(Guid id, string query = "") => SendAsync(HttpMethod.Get, $"/api/builds/{id}/analytics{query}");

    public Task<Answer> SettingsAsync() => SendAsync(HttpMethod.Get, "/api/settings/build");

    public Task<Answer> ChangeSettingsAsync(object change) => SendAsync(HttpMethod.Patch, "/api/settings/build", change);

    /// <summary>The build once it is over.</summary>
    public async Task<JsonElement> EndedAsync(Guid id, int seconds = 120)
    {
        JsonElement found = default;
        await Until.TrueAsync(
            async () =>
            {
                found = (await GetAsync(id)).Ok().Data;
                return Text(found, "status") is not ("queued" or "running");
            },
            "the build ends",
            seconds);
        return found;
    }

    /// <summary>All messages of the log, one per line.</summary>
    public async Task<string> LogTextAsync(Guid id) =>
        string.Join('\n', (await LogsAsync(id, "?limit=1000")).Ok().Data.EnumerateArray().Select(line => Text(line, "message")));

    public static Guid Id(JsonElement element) => element.GetProperty("id").GetGuid();

    public static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<Answer> SendAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
            request.Content = body as HttpContent ?? JsonContent.Create(body);
        using var answer = await http.SendAsync(request);
        return new Answer(answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
