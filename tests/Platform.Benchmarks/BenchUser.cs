using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;

namespace Platform.Benchmarks;

/// <summary>A signed-up user whose rate limits are in force but far away.</summary>
internal sealed class BenchUser(Uri url) : IDisposable
{
    private const string Password = "Correct-Horse-9";
    private readonly CookieContainer _cookies = new();
    private HttpClient? _http;

    public HttpClient Http => _http ??= new HttpClient(new SocketsHttpHandler { CookieContainer = _cookies, MaxConnectionsPerServer = 256 })
    {
        BaseAddress = url,
        Timeout = TimeSpan.FromMinutes(5),
    };

    /// <summary>Registers and signs in; answers the session's token, which <see cref="Http"/> then sends as bearer.</summary>
    public async Task<string> SignUpAsync(string dataDirectory)
    {
        using var registered = await Http.PostAsJsonAsync("/api/v1/auth/register", new { username = "bench", email = "bench@example.com", password = Password });
        registered.EnsureSuccessStatusCode();
        await RaiseLimitsAsync(dataDirectory);

        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = "bench", ["password"] = Password });
        using var signedIn = await Http.PostAsync(new Uri("/api/v1/auth/login", UriKind.Relative), form);
        signedIn.EnsureSuccessStatusCode();
        var token = signedIn.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("access_token=", StringComparison.Ordinal)).Split('=', ';')[1];
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return token;
    }

    public void Dispose() => _http?.Dispose();

    /// <summary>The limiter keeps counting; only the numbers are out of a benchmark's reach. There is no route for this yet.</summary>
    private static async Task RaiseLimitsAsync(string dataDirectory)
    {
        await using var db = new SqliteConnection($"Data Source={Path.Combine(dataDirectory, "platform.db")}");
        await db.OpenAsync();
        await using var command = db.CreateCommand();
        command.CommandText = "INSERT INTO user_limits (user_id, bypass, multiplier, updated_at) SELECT id, 0, 1000000000, 0 FROM users WHERE username = 'bench'";
        if (await command.ExecuteNonQueryAsync() != 1)
            throw new InvalidOperationException("The bench user's limits could not be raised.");
    }
}
