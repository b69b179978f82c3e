using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using EmbeddedFunctions.Storage;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Moq;
using Platform.Blobs;
using Platform.Data;
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
    public async Task Readyz_DatabaseReadOnlyForAWhile_IsNotReadySoLong()
    {
        await using var app = await PlatformApp.StartAsync(Db.Postgres);
        var connection = app.Services.GetRequiredService<DatabaseSettings>().ConnectionString;
        var alice = await app.CreateUserAsync();
        await Until.TrueAsync(async () => await StoresAsync(app) == (true, true), "both components healthy", 60);

        await StorageFaults.SetPostgresReadOnlyAsync(connection, readOnly: true, cutOff: true);
        await Until.TrueAsync(async () => await StoresAsync(app) == (false, false), "both components unhealthy", 60);
        using var refused = await app.Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username = "late", email = "late@example.com", password = PlatformApp.Password });
        Assert.InRange((int)refused.StatusCode, 500, 599);

        await StorageFaults.SetPostgresReadOnlyAsync(connection, readOnly: false, cutOff: false);
        await Until.TrueAsync(async () => await StoresAsync(app) == (true, true), "both components healthy", 60);
        using var me = await alice.Client.GetAsync("/api/v1/auth/me");
        Assert.True(me.IsSuccessStatusCode, await me.Content.ReadAsStringAsync());
        await app.CreateUserAsync("late");
    }

    [Fact]
    public async Task Readyz_HostStoreFullForAWhile_IsNotReadySoLong()
    {
        await using var app = await PlatformApp.StartAsync();
        var database = app.Services.GetRequiredService<HostDatabase>();

        await ExecuteAsync(StorageFaults.FillSqlite);
        await Assert.ThrowsAsync<SqliteException>(async () =>
        {
            for (var row = 0; row < StorageFaults.MoreThanTheFreePages; row++)
                await ExecuteAsync("INSERT INTO function_keys (scope, name, value) VALUES ('filler', hex(randomblob(1000)), '')");
        });
        await Until.TrueAsync(async () => await StoresAsync(app) == (true, false), "the host's store unhealthy");

        await ExecuteAsync(StorageFaults.EmptySqlite);
        await Until.TrueAsync(async () => await StoresAsync(app) == (true, true), "healthy");

        Task<int> ExecuteAsync(string sql) => database.RunAsync(s => s.ExecuteAsync(sql, static _ => { }, default), default);
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

    private static async Task<(bool Database, bool Host)> StoresAsync(PlatformApp app)
    {
        using var answer = await app.Anonymous.GetAsync("/health/readyz");
        var checks = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("checks");
        var (database, host) = (IsHealthy("database"), IsHealthy("orchestrations"));
        Assert.Equal(database && host, answer.IsSuccessStatusCode);
        return (database, host);

        bool IsHealthy(string name) => checks.GetProperty(name).GetProperty("status").GetString() == "healthy";
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
