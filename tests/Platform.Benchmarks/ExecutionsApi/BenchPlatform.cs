using System.Net.Http.Json;
using System.Text.Json;
using Platform.Testing;

namespace Platform.Benchmarks.ExecutionsApi;

/// <summary>A platform in a process of its own on a bench's database, with a user and the operator signed in.</summary>
internal sealed class BenchPlatform : IAsyncDisposable
{
    private readonly PlatformProcess _process;
    private readonly BenchUser _user;
    private readonly BenchUser _operator;

    private BenchPlatform(PlatformProcess process)
    {
        _process = process;
        (_user, _operator) = (new BenchUser(process.Url), new BenchUser(process.Url));
    }

    public Uri Url => _process.Url;

    public int Id => _process.Id;

    public HttpClient User => _user.Http;

    public HttpClient Operator => _operator.Http;

    public string UserToken { get; private set; } = "";

    public Guid UserId { get; private set; }

    public static Task<BenchPlatform> StartAsync(BenchDatabase database, params (string Key, string Value)[] settings) => StartAsync(database, isNew: true, settings);

    /// <summary>On a database on which a platform has run before.</summary>
    public static Task<BenchPlatform> ResumeAsync(BenchDatabase database) => StartAsync(database, isNew: false, []);

    private static async Task<BenchPlatform> StartAsync(BenchDatabase database, bool isNew, (string Key, string Value)[] settings)
    {
        var platform = new BenchPlatform(PlatformProcess.StartOn(BuiltFiles.FunctionApp, database.Folder, [.. database.Settings, .. BenchUser.Operator, .. settings]));
        try
        {
            await platform._process.WaitForAsync(platform.User, "/health/readyz");
            await using var connection = await database.OpenAsync();
            platform.UserToken = await (isNew ? platform._user.SignUpAsync(connection) : platform._user.SignInAsync(connection));
            await platform._operator.SignInAsOperatorAsync(connection);
            platform.UserId = (await platform.GetAsync("/api/v1/auth/me")).GetProperty("user_id").GetGuid();
            return platform;
        }
        catch
        {
            await platform.DisposeAsync();
            throw;
        }
    }

    public Task<JsonElement> GetAsync(string path) => User.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    public async Task<Guid> StartExecutionAsync(string script)
    {
        using var answer = await User.PostAsJsonAsync("/api/v1/execute", new { script });
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("execution_id").GetGuid();
    }

    /// <summary>Runs a script to its end.</summary>
    public async Task<Guid> ExecuteAsync(string script)
    {
        using var answer = await User.PostAsJsonAsync("/api/v1/execute?wait=60", new { script });
        var result = await answer.Content.ReadFromJsonAsync<JsonElement>();
        if (!result.TryGetProperty("completed_at", out var end) || end.ValueKind == JsonValueKind.Null)
            throw new InvalidOperationException($"The execution did not end: {(int)answer.StatusCode} {result}");
        return result.GetProperty("execution_id").GetGuid();
    }

    public async ValueTask DisposeAsync()
    {
        _user.Dispose();
        _operator.Dispose();
        await _process.DisposeAsync();
    }
}
