using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

using Platform.Tests.Fixtures;
using Platform.Tests.Metrics;

namespace Platform.Tests.Alerts;

/// <summary>The alerts of the active project as a test's user sees them.</summary>
internal sealed class AlertClient(HttpClient http)
{
    public static async Task<AlertClient> StartAsync(PlatformApp app) => new((await app.CreateUserAsync()).Client);

    public Task<(HttpStatusCode Status, JsonElement Body)> CreateAsync(object alert, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, "", alert, idempotencyKey);

    public async Task<JsonElement> CreatedAsync(object alert) => MetricClient.Good(await CreateAsync(alert), HttpStatusCode.Created);

    public async Task<string> CreatedIdAsync(object alert) => Text(await CreatedAsync(alert), "id")!;

    public Task<(HttpStatusCode Status, JsonElement Body)> ListAsync(string query = "") => SendAsync(HttpMethod.Get, query.Length == 0 ? "" : $"?{query}");

    public Task<(HttpStatusCode Status, JsonElement Body)> UpdateAsync(string id, object change) => SendAsync(HttpMethod.Patch, $"/{id}", change);

    public Task<(HttpStatusCode Status, JsonElement Body)> DeleteAsync(string id) => SendAsync(HttpMethod.Delete, $"/{id}");

    public Task<(HttpStatusCode Status, JsonElement Body)> ResolveAsync(string id, object? body = null) => SendAsync(HttpMethod.Post, $"/{id}/resolve", body);

    public Task<(HttpStatusCode Status, JsonElement Body)> MuteAsync(string id, object body) => SendAsync(HttpMethod.Post, $"/{id}/mute", body);

    public Task<(HttpStatusCode Status, JsonElement Body)> CheckAsync(string id) => SendAsync(HttpMethod.Get, $"/{id}/check");

    /// <summary>The alert as the list shows it.</summary>
    public async Task<JsonElement> FindAsync(string id) => MetricClient.Good(await ListAsync("limit=200")).EnumerateArray().Single(alert => Text(alert, "id") == id);

    public static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/alerts{path}");
        if (body is string text)
            request.Content = new StringContent(text, Encoding.UTF8, "application/json");
        else if (body is not null)
            request.Content = JsonContent.Create(body);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>());
    }
}
