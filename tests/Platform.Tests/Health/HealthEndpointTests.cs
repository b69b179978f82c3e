using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;
using Platform.Blobs;
using Platform.Functions.Health;
using Platform.Health;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Health;

/// <summary>The health routes through the whole app.</summary>
public sealed class HealthEndpointTests
{
    [Fact]
    public async Task Readyz_AllIsWell_ListsEveryComponent()
    {
        await using var app = await PlatformApp.StartAsync();

        using var answer = await app.Anonymous.GetAsync("/health/readyz");
        var body = await answer.Content.ReadFromJsonAsync<JsonElement>();

        Assert.True(answer.IsSuccessStatusCode, body.ToString());
        Assert.Equal("ready", body.GetProperty("status").GetString());
        foreach (var name in (string[])["database", "event_bus", "event_store", "blob_store", "orchestrations"])
        {
            var check = body.GetProperty("checks").GetProperty(name);
            Assert.Equal("healthy", check.GetProperty("status").GetString());
            Assert.True(check.GetProperty("critical").GetBoolean());
            Assert.True(check.GetProperty("duration_ms").GetInt64() >= 0);
        }

        Assert.False(body.GetProperty("checks").GetProperty("sandbox").GetProperty("critical").GetBoolean());
    }

    [Fact]
    public async Task Health_EveryRoute_AnswersInItsFamilysWords()
    {
        await using var app = await PlatformApp.StartAsync();

        var live = await app.Anonymous.GetFromJsonAsync<JsonElement>("/health/healthz");
        var summary = await app.Anonymous.GetFromJsonAsync<JsonElement>("/health/health");
        var dependencies = await app.Anonymous.GetFromJsonAsync<JsonElement>("/api/health");
        var liveShort = await app.Anonymous.GetFromJsonAsync<JsonElement>("/api/health/live");

        Assert.Equal("alive", live.GetProperty("status").GetString());
        Assert.True(live.GetProperty("uptime_seconds").GetInt64() >= 0);
        Assert.Contains(summary.GetProperty("status").GetString(), (string[])["healthy", "degraded"]);
        Assert.Equal("ok", dependencies.GetProperty("checks").GetProperty("database").GetProperty("status").GetString());
        Assert.False(dependencies.GetProperty("checks").GetProperty("queue").TryGetProperty("error", out _));
        Assert.Equal("alive", liveShort.GetProperty("status").GetString());
    }

    [Fact]
    public async Task Health_BlobStoreFails_Is503WithoutItsWords()
    {
        await using var app = await PlatformApp.StartAsync(configure: services => services.AddSingleton<IBlobStore, BrokenBlobs>());

        using var ready = await app.Anonymous.GetAsync("/health/readyz");
        using var summary = await app.Anonymous.GetAsync("/health/health");
        using var live = await app.Anonymous.GetAsync("/health/healthz");
        using var dependencies = await app.Anonymous.GetAsync("/api/health");

        var text = await ready.Content.ReadAsStringAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        Assert.Contains("\"not_ready\"", text, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, summary.StatusCode);
        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, dependencies.StatusCode); // for family checks only the database decides
        Assert.Equal("degraded", (await dependencies.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
    }

    [Fact]
    public async Task Readyz_ShuttingDown_IsNotReady()
    {
        await using var app = await PlatformApp.StartAsync();
        using var stopping = new CancellationTokenSource();
        var lifetime = Mock.Of<IHostApplicationLifetime>(host => host.ApplicationStopping == stopping.Token);
        var functions = new HealthFunctions(app.Services.GetRequiredService<HealthProber>(), lifetime);
        var client = new Mock<DurableTaskClient>("test").Object;
        var http = new DefaultHttpContext();

        var before = await functions.ReadyAsync(http.Request, client, default);
        await stopping.CancelAsync();
        var after = await functions.ReadyAsync(http.Request, client, default);

        Assert.Equal(("ready", "not_ready"), (before.Value.Status, after.Value.Status));
        Assert.Equal(StatusCodes.Status503ServiceUnavailable, http.Response.StatusCode);
    }

    private sealed class BrokenBlobs : IBlobStore
    {
        public Task<BlobProperties> WriteAsync(string key, Stream content, string contentType, CancellationToken ct) => throw new IOException("AccountKey=secret");

        public Task<Stream?> OpenReadAsync(string key, CancellationToken ct) => throw new IOException("AccountKey=secret");

        public Task<BlobProperties?> GetPropertiesAsync(string key, CancellationToken ct) => throw new IOException("AccountKey=secret");

        public Task DeleteAsync(string key, CancellationToken ct) => throw new IOException("AccountKey=secret");

        public IAsyncEnumerable<BlobProperties> ListAsync(string prefix, CancellationToken ct) => throw new IOException("AccountKey=secret");
    }
}
