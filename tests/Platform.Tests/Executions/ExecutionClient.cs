using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>The executions API as a test's user sees it.</summary>
internal sealed class ExecutionClient(TestUser user)
{
    public HttpClient Http => user.Client;

    /// <summary>Starts a script and returns its id.</summary>
    public async Task<Guid> StartAsync(object request)
    {
        var answer = await Http.PostAsJsonAsync("/api/v1/execute", request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("execution_id").GetGuid();
    }

    public Task<Guid> StartAsync(string script) => StartAsync(new { script });

    /// <summary>Runs to the end within one request.</summary>
    public async Task<JsonElement> RunAsync(object request)
    {
        var answer = await Http.PostAsJsonAsync("/api/v1/execute?wait=60", request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var result = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.NotEqual("queued", result.GetProperty("status").GetString());
        return result;
    }

    public Task<JsonElement> RunAsync(string script) => RunAsync(new { script });

    public Task<JsonElement> GetAsync(string path) => Http.GetFromJsonAsync<JsonElement>(path);

    public Task<JsonElement> ResultAsync(Guid id) => GetAsync($"/api/v1/result/{id}");

    public async Task<string> StatusAsync(Guid id) => (await ResultAsync(id)).GetProperty("status").GetString()!;

    public async Task<JsonElement> UntilAsync(Guid id, params string[] states)
    {
        await Until.TrueAsync(async () => Array.IndexOf(states, await StatusAsync(id)) >= 0, $"{id} is {string.Join(" or ", states)}", seconds: 60);
        return await ResultAsync(id);
    }

    public async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = body is null ? null : JsonContent.Create(body) };
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        var answer = await Http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }

    public async Task<List<string>> EventTypesAsync(Guid id) =>
        [.. (await GetAsync($"/api/v1/executions/{id}/events?limit=1000")).EnumerateArray().Select(e => e.GetProperty("event_type").GetString()!)];
}
