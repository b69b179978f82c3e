using System.Data.Common;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Microsoft.Data.Sqlite;

namespace Platform.Benchmarks;

/// <summary>A signed-up user whose rate limits are in force but far away.</summary>
internal sealed class BenchUser(Uri url) : IDisposable
{
    /// <summary>Settings of a platform whose operator can sign in.</summary>
    public static readonly (string Key, string Value)[] Operator =
        [("Platform:AdminUsername", OperatorName), ("Platform:AdminEmail", "operator@example.com"), ("Platform:AdminPassword", Password)];

    private const string Username = "bench";
    private const string OperatorName = "operator";
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
        await using var db = new SqliteConnection($"Data Source={Path.Combine(dataDirectory, "platform.db")}");
        await db.OpenAsync();
        return await SignUpAsync(db);
    }

    /// <param name="platform">The platform's database.</param>
    public async Task<string> SignUpAsync(DbConnection platform)
    {
        using var registered = await Http.PostAsJsonAsync("/api/v1/auth/register", new { username = Username, email = $"{Username}@example.com", password = Password });
        registered.EnsureSuccessStatusCode();
        return await SignInAsync(platform);
    }

    /// <summary>Signs in who has signed up before.</summary>
    public Task<string> SignInAsync(DbConnection platform) => SignInAsync(Username, platform);

    /// <summary>As the operator of a platform that was started with <see cref="Operator"/>.</summary>
    public Task<string> SignInAsOperatorAsync(DbConnection platform) => SignInAsync(OperatorName, platform);

    public void Dispose() => _http?.Dispose();

    private async Task<string> SignInAsync(string username, DbConnection platform)
    {
        await RaiseLimitsAsync(username, platform);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = username, ["password"] = Password });
        using var signedIn = await Http.PostAsync(new Uri("/api/v1/auth/login", UriKind.Relative), form);
        signedIn.EnsureSuccessStatusCode();
        var token = signedIn.Headers.GetValues("Set-Cookie").Single(cookie => cookie.StartsWith("access_token=", StringComparison.Ordinal)).Split('=', ';')[1];
        Http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return token;
    }

    /// <summary>The limiter keeps counting; only the numbers are out of a benchmark's reach, beyond what the administration's route allows.</summary>
    private static async Task RaiseLimitsAsync(string username, DbConnection platform)
    {
        await using var command = platform.CreateCommand();
        command.CommandText = $"""
            INSERT INTO user_limits (user_id, bypass, multiplier, updated_at) SELECT id, false, 1000000000, created_at FROM users WHERE username = '{username}'
            ON CONFLICT (user_id) DO UPDATE SET multiplier = excluded.multiplier
            """;
        if (await command.ExecuteNonQueryAsync() != 1)
            throw new InvalidOperationException($"The limits of {username} could not be raised.");
    }
}
