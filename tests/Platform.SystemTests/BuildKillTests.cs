using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Functions;
using Platform.Testing;
using Platform.Tests.Fixtures;

namespace Platform.SystemTests;

/// <summary>The platform killed (SIGKILL) in the middle of a build: the build fails as lost, one other follows by itself, no process is left over.</summary>
public sealed class BuildKillTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly string Assembly = typeof(PlatformComposition).Assembly.Location;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kill_InMidBuild_LosesItAndTriesItAgainOnce(bool onPostgres)
    {
        var folder = Directory.CreateTempSubdirectory("kill-build-").FullName;
        var settings = Settings(folder, onPostgres ? await postgres.CreateDatabaseAsync() : null, onPostgres ? await postgres.CreateDatabaseAsync() : null);
        var mark = $"mark-{Guid.CreateVersion7():N}-";
        await using var watch = new ProcessWatch(mark);
        AuthenticationHeaderValue token;
        Guid id;
        await using (var platform = PlatformProcess.StartOn(Assembly, folder, settings))
        {
            using var http = await ConnectAsync(platform, token: null);
            token = http.DefaultRequestHeaders.Authorization!;
            var project = (await http.GetFromJsonAsync<JsonElement>("/api/projects")).GetProperty("data")[0].GetProperty("id").GetString();
            var step = new { name = "work", command = $"[ \"$PLATFORM_ATTEMPT\" = 2 ] || python3 -c 'import time; time.sleep(900)' {mark}1" };
            var source = new { type = "files", files = new[] { new { path = "a.txt", content = "a" } } };
            var created = await http.PostAsJsonAsync($"/api/builds/project/{project}", new { source, steps = new[] { step } });
            id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("data").GetProperty("id").GetGuid();
            await Until.TrueAsync(() => watch.Alive().Count > 0, "the step runs", 60);
            await platform.KillAsync();
        }

        await Until.TrueAsync(() => watch.Alive().Count == 0, "nothing of the step is left", 30);
        await using var next = PlatformProcess.StartOn(Assembly, folder, settings);
        using var client = await ConnectAsync(next, token);
        var lost = await EndAsync(client, id);
        Assert.Equal(("failed", "executor_lost"), (lost.GetProperty("status").GetString(), lost.GetProperty("failure").GetProperty("code").GetString()));
        var again = await EndAsync(client, lost.GetProperty("retriedBy").GetGuid());
        Assert.Equal(("succeeded", 2), (again.GetProperty("status").GetString(), again.GetProperty("attempt").GetInt32()));
        Assert.Empty(watch.RanTwice);
        Assert.Equal(0, await next.StopAsync());
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<HttpClient> ConnectAsync(PlatformProcess platform, AuthenticationHeaderValue? token)
    {
        var http = new HttpClient { BaseAddress = platform.Url };
        await platform.WaitForAsync(http, "/health/readyz");
        http.DefaultRequestHeaders.Authorization = token ?? await NewUser.SignUpAsync(http);
        return http;
    }

    private static async Task<JsonElement> EndAsync(HttpClient http, Guid id)
    {
        JsonElement build = default;
        await Until.TrueAsync(
            async () =>
            {
                build = (await http.GetFromJsonAsync<JsonElement>($"/api/builds/{id}")).GetProperty("data");
                return build.GetProperty("status").GetString() is not ("queued" or "running");
            },
            "the build ends",
            (int)Patience.TotalSeconds);
        return build;
    }

    private static (string, string)[] Settings(string folder, string? database, string? host) =>
    [
        ("RateLimit:Enabled", "false"), ("Host:Storage:Path", folder),
        .. database is null ? Array.Empty<(string, string)>() :
        [
            ("Database:Provider", "postgres"), ("Database:ConnectionString", database),
            ("Host:Storage:Provider", "postgres"), ("Host:Storage:ConnectionString", host!),
        ],
    ];
}
