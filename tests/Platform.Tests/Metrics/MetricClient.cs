using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Metrics;

/// <summary>The metrics of the active project as a test's user sees them.</summary>
internal sealed class MetricClient(HttpClient http)
{
    public static async Task<MetricClient> StartAsync(PlatformApp app) => new((await app.CreateUserAsync()).Client);

    public Task<(HttpStatusCode Status, JsonElement Body)> RecordAsync(object point, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, "metrics", point, idempotencyKey);

    public Task<(HttpStatusCode Status, JsonElement Body)> RecordBatchAsync(object batch, string? idempotencyKey = null) => SendAsync(HttpMethod.Post, "batch-metrics", batch, idempotencyKey);

    public Task<(HttpStatusCode Status, JsonElement Body)> ListAsync(string query) => SendAsync(HttpMethod.Get, $"metrics?{query}");

    public Task<(HttpStatusCode Status, JsonElement Body)> AggregateAsync(string query) => SendAsync(HttpMethod.Get, $"aggregates?{query}");

    /// <summary>The data of an answer that has to be a good one.</summary>
    public async Task<JsonElement> ReportAsync(string query) => Good(await AggregateAsync(query));

    /// <summary>Records points of one name and takes no refusal.</summary>
    public async Task RecordAllAsync(IEnumerable<object> points)
    {
        foreach (var chunk in points.Chunk(1000))
            Assert.Equal(chunk.Length, Good(await RecordBatchAsync(chunk), HttpStatusCode.Created).GetProperty("accepted").GetInt32());
    }

    public static JsonElement Good((HttpStatusCode Status, JsonElement Body) answer, HttpStatusCode status = HttpStatusCode.OK)
    {
        Assert.True(answer.Status == status, answer.Body.ToString());
        Assert.True(answer.Body.GetProperty("success").GetBoolean());
        return answer.Body.GetProperty("data");
    }

    public static void Refused(HttpStatusCode status, string code, (HttpStatusCode Status, JsonElement Body) answer) =>
        Assert.Equal((status, code), (answer.Status, answer.Body.GetProperty("code").GetString()));

    public static string At(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'");

    public static string Range(DateTimeOffset from, DateTimeOffset to) => $"from={At(from)}&to={At(to)}";

    private async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, object? body = null, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(method, $"/api/analytics/{path}");
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
