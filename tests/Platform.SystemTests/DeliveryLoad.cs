using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.SystemTests;

/// <summary>A user who builds, deploys, backs up and invokes, on whichever node is there, while nodes are killed.</summary>
internal sealed class DeliveryLoad(DeliveryFleet fleet, Receiver receiver, string mark)
{
    public const string Hook = "/hook";
    public const string Webhook = "/webhook";

    private readonly ConcurrentQueue<string> _wrong = [];
    private readonly List<Guid> _databases = [];
    private AuthenticationHeaderValue _token = null!;
    private Guid _project;
    private Guid _function;
    private int _versions = 1;

    /// <summary>Builds that the user was told of.</summary>
    public List<Guid> Builds { get; } = [];

    /// <summary>Deployments that the user was told of.</summary>
    public List<Guid> Deployments { get; } = [];

    /// <summary>Backups that the user was told of, with their databases.</summary>
    public List<(Guid Database, Guid Backup)> Backups { get; } = [];

    /// <summary>Answers of the function by their version.</summary>
    public ConcurrentDictionary<int, int> Answers { get; } = [];

    /// <summary>Answers that no node may give.</summary>
    public IReadOnlyCollection<string> Wrong => _wrong;

    public async Task SetUpAsync()
    {
        using (var anonymous = new HttpClient { BaseAddress = await fleet.UrlOfAsync(0) })
            _token = await NewUser.SignUpAsync(anonymous);
        _project = (await GetAsync("/api/projects"))[0].GetProperty("id").GetGuid();
        await SendAsync(HttpMethod.Post, "/api/dev/webhooks", new { url = receiver.Url(Webhook), events = new[] { "build.*", "deployment.*" }, projectId = _project, retryPolicy = new { initialDelaySeconds = 1, strategy = "fixed" } });
        var hooks = new[] { "on_success", "on_failure" }.Select(phase => new { name = phase, phase, type = "http", url = receiver.Url(Hook) });
        await SendAsync(HttpMethod.Patch, "/api/settings/build", new { hooks, maxConcurrentBuilds = 4 });
        foreach (var (name, engine) in new[] { ("files", "sqlite"), ("server", "postgresql") })
            _databases.Add(await DatabaseAsync(name, engine));
        _function = (await SendAsync(HttpMethod.Post, $"/api/functions/project/{_project}", new { name = "main", runtime = "node", code = CodeOf(1), network = "none", maxConcurrency = 2 })).GetProperty("id").GetGuid();
        await Until.TrueAsync(async () => (await GetAsync($"/api/functions/{_function}")).GetProperty("activeVersion").ValueKind == JsonValueKind.Number, "the function serves", 60);
    }

    /// <summary>One of each kind, through these nodes; what is refused because another is under way is left out.</summary>
    public async Task WorkAsync(int node, int other)
    {
        var number = Builds.Count;
        var command = $"python3 -c 'import time; time.sleep(1.5)' {mark}{number}";
        var source = new { type = "files", files = new[] { new { path = "a.txt", content = "a" } } };
        await TryAsync(node, $"/api/builds/project/{_project}", new { source, config = new { artifactPaths = new[] { "a.txt" } }, steps = new[] { new { name = "work", command } } }, answer => Builds.Add(IdOf(answer)));
        await TryAsync(other, $"/api/functions/{_function}/code", new { code = CodeOf(_versions + 1), deploy = true }, answer =>
        {
            _versions = answer.GetProperty("version").GetInt32();
            if (answer.GetProperty("deployment") is { ValueKind: JsonValueKind.Object } deployment)
                Deployments.Add(IdOf(deployment));
        });
        foreach (var (database, index) in _databases.Select((database, index) => (database, index)))
            await TryAsync(index == 0 ? node : other, $"/api/databases/{database}/backups", new { }, answer => Backups.Add((database, IdOf(answer))));
    }

    /// <summary>Invokes the function again and again on a node, as long as it is there.</summary>
    public async Task InvokeAsync(int node, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                using var http = await ClientAsync(node);
                using var answer = await http.PostAsJsonAsync($"/api/functions/{_function}/invoke", new { }, ct);
                Note(answer.StatusCode, await answer.Content.ReadFromJsonAsync<JsonElement>(ct));
                await Task.Delay(100, ct);
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException or IOException)
            {
                await Task.Delay(20, CancellationToken.None); // it has just been killed
            }
        }
    }

    /// <summary>What the nodes answer now, one each.</summary>
    public async Task<IReadOnlyList<string>> AnswersNowAsync() =>
        [.. await Task.WhenAll(new[] { 0, 1 }.Select(async node => (await SendAsync(HttpMethod.Post, $"/api/functions/{_function}/invoke", new { }, node)).GetProperty("result").ToString()))];

    public async Task<JsonElement> FunctionAsync() => await GetAsync($"/api/functions/{_function}");

    public async Task<JsonElement> GetAsync(string path) => await SendAsync(HttpMethod.Get, path, null);

    public async Task<byte[]> DownloadAsync(string path)
    {
        using var http = await ClientAsync(0);
        return await http.GetByteArrayAsync(new Uri(path, UriKind.Relative));
    }

    private static Guid IdOf(JsonElement element) => element.GetProperty("id").GetGuid();

    private static string CodeOf(int version) => $"exports.handler = () => {version}";

    private void Note(HttpStatusCode status, JsonElement answer)
    {
        if (status == HttpStatusCode.OK && answer.GetProperty("data") is var data && data.GetProperty("version").GetInt32() is var version && data.GetProperty("result").ToString() == $"{version}")
            Answers.AddOrUpdate(version, 1, (_, count) => count + 1);
        else
            _wrong.Enqueue($"{(int)status} {answer}");
    }

    private async Task<Guid> DatabaseAsync(string name, string engine)
    {
        var id = IdOf(await SendAsync(HttpMethod.Post, "/api/databases", new { name, engine, projectId = _project }));
        await Until.TrueAsync(async () => (await GetAsync($"/api/databases/{id}")).GetProperty("status").GetString() == "available", "the database is made", 60);
        var random = engine == "sqlite" ? "hex(randomblob(2000))" : "md5(random()::text) || repeat(md5(random()::text), 50)";
        var rows = engine == "sqlite" ? "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i FROM n)" : "generate_series(1, 5000)";
        await SendAsync(HttpMethod.Post, $"/api/databases/{id}/query", new { sql = $"CREATE TABLE t (v text); INSERT INTO t SELECT {random} FROM {rows}{(engine == "sqlite" ? "" : " AS n")}" });
        return id;
    }

    private async Task TryAsync(int node, string path, object body, Action<JsonElement> take)
    {
        try
        {
            using var http = await ClientAsync(node);
            var method = path.EndsWith("/code", StringComparison.Ordinal) ? HttpMethod.Patch : HttpMethod.Post;
            using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
            using var answer = await http.SendAsync(request);
            var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
            if (answer.IsSuccessStatusCode)
                take(said.GetProperty("data"));
            else if (answer.StatusCode != HttpStatusCode.Conflict)
                _wrong.Enqueue($"{path}: {(int)answer.StatusCode} {said}");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            // it has just been killed; what it took all the same must end as well
        }
    }

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, int node = 0)
    {
        using var http = await ClientAsync(node);
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await http.SendAsync(request);
        var said = await answer.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(answer.IsSuccessStatusCode, $"{path}: {(int)answer.StatusCode} {said}");
        return said.GetProperty("data");
    }

    private async Task<HttpClient> ClientAsync(int node)
    {
        var http = new HttpClient { BaseAddress = await fleet.UrlOfAsync(node) };
        http.DefaultRequestHeaders.Authorization = _token;
        return http;
    }
}
