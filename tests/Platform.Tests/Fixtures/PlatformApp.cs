using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Functions;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;
using Platform.Sandbox;

namespace Platform.Tests.Fixtures;

public enum Db
{
    Sqlite,
    Postgres,
}

/// <summary>
/// The whole platform, as its Program composes it, in this process on a free port with a fresh database and data directory.
/// <c>await using var app = await PlatformApp.StartAsync(); var alice = await app.CreateUserAsync();</c>
/// </summary>
public sealed class PlatformApp : IAsyncDisposable
{
    public const string Password = "Passw0rd-1";

    private static int _users;

    private readonly TestHost _host;
    private readonly PostgresServer? _postgres;
    private readonly string? _ownDirectory;

    private PlatformApp(TestHost host, PostgresServer? postgres, string? ownDirectory) => (_host, _postgres, _ownDirectory) = (host, postgres, ownDirectory);

    public Uri BaseAddress => _host.BaseAddress;

    public IServiceProvider Services => _host.Services;

    /// <summary>Signed out; keeps no cookies and follows no redirects.</summary>
    public HttpClient Anonymous => _host.Client;

    /// <param name="configure">Replaces services after the Program has registered its own.</param>
    /// <param name="dataDirectory">Of an earlier app, to start on its data again; otherwise a fresh one that goes with the app.</param>
    /// <param name="connectionString">Of a PostgreSQL database that several apps share; otherwise each has its own.</param>
    /// <param name="functions">Function classes of a test, served beside the product's.</param>
    /// <param name="settings">Further settings, e.g. <c>("RateLimit:Enabled", "false")</c>. Sign-in routes are not throttled unless <c>RateLimit:Limits:auth</c> is given.</param>
    public static async Task<PlatformApp> StartAsync(
        Db db = Db.Sqlite, Action<IServiceCollection>? configure = null, string? dataDirectory = null, string? connectionString = null, Type[]? functions = null,
        params (string Key, string Value)[] settings)
    {
        var own = dataDirectory is null ? Directory.CreateTempSubdirectory("platform-app-").FullName : null;
        var postgres = db == Db.Postgres ? new PostgresServer() : null;
        if (postgres is not null)
            await postgres.InitializeAsync();
        var all = Defaults(dataDirectory ?? own!);
        if (postgres is not null)
        {
            all["Database:Provider"] = "postgres";
            all["Database:ConnectionString"] = connectionString ?? await postgres.CreateMigratedDatabaseAsync();
        }
        else if (own is not null)
        {
            await SqliteTemplate.CopyToAsync(own);
        }

        foreach (var (key, value) in settings)
            all[key] = value;
        var host = functions is null
            ? await TestHost.StartAppAsync(all, dataDirectory ?? own!, Configure)
            : await TestHost.StartAsync([.. ProductTypes, .. functions], Compose, all, dataDirectory ?? own!);
        await host.Services.GetRequiredService<DatabaseReady>().WaitAsync(CancellationToken.None);
        return new PlatformApp(host, postgres, own);

        void Configure(IServiceCollection services)
        {
            services.Configure<PasswordHasherOptions>(options => options.IterationCount = 1000);   // quick tests; the product's own count is another
            services.RefuseDoubtfulQueries();
            services.AddSingleton<ISandbox>(provider => new RememberingSandbox(provider.GetRequiredService<BubblewrapSandbox>()));
            configure?.Invoke(services);
        }

        void Compose(FunctionsApplicationBuilder builder)
        {
            builder.AddPlatform();
            builder.Services.AddSingleton(OperationCatalog.FromTypes([.. ProductTypes, .. functions!]));
            Configure(builder.Services);
        }
    }

    private static IEnumerable<Type> ProductTypes => typeof(PlatformComposition).Assembly.GetExportedTypes();

    /// <summary>A new user, signed in with a bearer token. Limits are multiplied by 100 unless the test says otherwise.</summary>
    public async Task<TestUser> CreateUserAsync(string? name = null, double rateMultiplier = 100)
    {
        name ??= NewName("user");
        var registered = await Anonymous.PostAsJsonAsync("/api/v1/auth/register", new { username = name, email = $"{name}@example.com", password = Password });
        if (!registered.IsSuccessStatusCode)
            throw new InvalidOperationException($"Registration answered {registered.StatusCode}: {await registered.Content.ReadAsStringAsync()}");
        var id = (await registered.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("user_id").GetGuid();
        if (rateMultiplier != 1)
        {
            await using var scope = Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
            await scope.ServiceProvider.GetRequiredService<UserLimitsService>().SetAsync(id, bypass: false, rateMultiplier, CancellationToken.None);
        }
        return (await TrySignInAsync(name))!;
    }

    /// <summary>The operator that the first start made.</summary>
    public async Task<TestUser> OperatorAsync()
    {
        TestUser? user = null;
        await Until.TrueAsync(async () => (user = await TrySignInAsync("operator")) is not null, "the operator account exists");
        return user!;
    }

    /// <summary>A further operator, for tests in which one may go.</summary>
    public async Task<TestUser> CreateOperatorAsync()
    {
        var name = NewName("operator");
        await using (var scope = Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform))
        {
            var account = new NewAccount(name, $"{name}@example.com", Password, PlatformRole.Admin, EmailVerified: true);
            var created = await scope.ServiceProvider.GetRequiredService<AccountFactory>().CreateAsync(account, CancellationToken.None);
            if (!created.IsOk)
                throw new InvalidOperationException($"The operator could not be made: {created.Error}");
        }

        return (await TrySignInAsync(name))!;
    }

    /// <summary>A client that sends the given headers with every request.</summary>
    public HttpClient Client(Action<HttpRequestHeaders>? headers = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = BaseAddress };
        headers?.Invoke(client.DefaultRequestHeaders);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.DisposeAsync();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
        if (_ownDirectory is not null)
            await TempFolder.DeleteAsync(_ownDirectory);
    }

    private static Dictionary<string, string> Defaults(string directory) => new()
    {
        ["Platform:AdminUsername"] = "operator",
        ["Platform:AdminEmail"] = "operator@example.com",
        ["Platform:AdminPassword"] = Password,
        ["Platform:Environment"] = "test",
        ["Platform:DataDirectory"] = directory,
        ["RateLimit:Limits:auth"] = "100000",
        ["RateLimit:Limits:token"] = "100000",
        ["RateLimit:Limits:sensitive"] = "100000",
        ["RateLimit:Limits:acceptance"] = "100000",
        ["RateLimit:Limits:acceptance_by_address"] = "100000",
    };

    private static string NewName(string kind) => $"{kind}{Interlocked.Increment(ref _users)}-{Guid.CreateVersion7().ToString("N")[^6..]}";

    // Past the login route, whose limits and locks are no business of most tests.
    private async Task<TestUser?> TrySignInAsync(string name)
    {
        await using var scope = Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        if (await db.Users.SingleOrDefaultAsync(user => user.UsernameKey == User.Key(name)) is not { } user)
            return null;
        var session = await scope.ServiceProvider.GetRequiredService<SignInService>().OpenAsync(user, SignInMethod.Password, persistent: true, CancellationToken.None);
        var client = Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", session.AccessToken));
        return new TestUser(user.Id, name, session.AccessToken, session.CsrfToken, client);
    }

    public static FormUrlEncodedContent LoginForm(string username, string password) => new(new Dictionary<string, string> { ["username"] = username, ["password"] = password });
}

/// <summary>A signed-in user; <see cref="Client"/> sends the bearer token.</summary>
public sealed record TestUser(Guid Id, string Username, string Token, string CsrfToken, HttpClient Client)
{
    public string Email => $"{Username}@example.com";

    /// <summary>The headers of a browser with this session's cookies; <paramref name="csrf"/> null sends no CSRF header.</summary>
    public Action<HttpRequestHeaders> AsBrowser(string? csrf = null) => headers =>
    {
        headers.Add("Cookie", $"access_token={Token}; csrf_token={CsrfToken}");
        if (csrf is not null)
            headers.Add("X-CSRF-Token", csrf);
    };
}
