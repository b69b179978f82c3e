using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Identity.OAuth;

/// <summary>The app beside fake providers, and browsers that keep cookies as browsers do.</summary>
internal sealed class OAuthLab : IAsyncDisposable
{
    private OAuthLab(PlatformApp app, FakeProviders providers) => (App, Providers) = (app, providers);

    public PlatformApp App { get; }

    public FakeProviders Providers { get; }

    public static async Task<OAuthLab> StartAsync(Db db = Db.Sqlite, Action<IServiceCollection>? configure = null, params (string Key, string Value)[] settings)
    {
        var providers = await FakeProviders.StartAsync();
        return new OAuthLab(await PlatformApp.StartAsync(db, configure, settings: [.. providers.Settings, .. settings]), providers);
    }

    public Browser Browser() => new(App, Providers);

    /// <summary>A browser in which a new user with a password is signed in.</summary>
    public async Task<(Browser Browser, TestUser User)> UserAsync()
    {
        var user = await App.CreateUserAsync();
        var browser = Browser();
        browser.Take(user);
        return (browser, user);
    }

    /// <summary>A browser in which a new user has signed in with GitHub.</summary>
    public async Task<(Browser Browser, Guid UserId)> GitHubUserAsync(FakeAccount account)
    {
        var browser = Browser();
        Assert.Equal("/", await browser.SignInAsync(account));
        return (browser, await browser.UserIdAsync());
    }

    /// <summary>Reads or changes rows as the platform.</summary>
    public async Task<T> InDatabaseAsync<T>(Func<PlatformDbContext, IServiceProvider, Task<T>> use)
    {
        await using var scope = App.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return await use(scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), scope.ServiceProvider);
    }

    public Task<T> InDatabaseAsync<T>(Func<PlatformDbContext, Task<T>> use) => InDatabaseAsync((db, _) => use(db));

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        await Providers.DisposeAsync();
    }
}

/// <summary>Keeps cookies, follows no redirect by itself.</summary>
internal sealed class Browser
{
    public const string GitHubCallback = "/api/auth/github/callback";
    public const string VercelCallback = "/api/auth/callback/vercel";

    private readonly CookieContainer _cookies = new();
    private readonly FakeProviders _providers;
    private readonly Uri _address;

    public Browser(PlatformApp app, FakeProviders providers)
    {
        (_providers, _address) = (providers, app.BaseAddress);
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = _cookies }) { BaseAddress = app.BaseAddress };
    }

    public HttpClient Client { get; }

    public string? Cookie(string name, string path = "/") => _cookies.GetCookies(new Uri(_address, path))[name]?.Value;

    /// <summary>Sets the cookies of a session that was opened elsewhere.</summary>
    public void Take(TestUser user)
    {
        _cookies.Add(_address, new Cookie("access_token", user.Token, "/"));
        _cookies.Add(_address, new Cookie("csrf_token", user.CsrfToken, "/"));
    }

    public void SetCookie(string name, string value, string path) => _cookies.Add(_address, new Cookie(name, value, path));

    /// <summary>Begins with GitHub: the address that the browser is sent to.</summary>
    public async Task<string> StartAsync(string route = "/api/auth/signin/github", string? next = null)
    {
        var answer = await Client.GetAsync(next is null ? route : $"{route}?next={Uri.EscapeDataString(next)}");
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>The whole trip to GitHub and back: where the browser ends.</summary>
    public async Task<string> SignInAsync(FakeAccount account, string? next = null, string route = "/api/auth/signin/github")
    {
        var answer = await Client.GetAsync(GitHubCallback + _providers.Authorize(await StartAsync(route, next), account));
        Assert.True(answer.StatusCode == HttpStatusCode.Found, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString;
    }

    public async Task<string> SignInWithVercelAsync(FakeAccount account, string? next = null)
    {
        var started = await PostAsync($"/api/auth/signin/vercel?next={Uri.EscapeDataString(next ?? "/")}");
        Assert.True(started.StatusCode == HttpStatusCode.OK, await started.Content.ReadAsStringAsync());
        var url = (await started.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("url").GetString()!;
        var answer = await Client.GetAsync(VercelCallback + _providers.Authorize(url, account));
        Assert.True(answer.StatusCode == HttpStatusCode.Found, await answer.Content.ReadAsStringAsync());
        return answer.Headers.Location!.OriginalString;
    }

    /// <summary>As the platform's own pages do, with the CSRF header if there is a cookie.</summary>
    public async Task<HttpResponseMessage> PostAsync(string path, HttpContent? content = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (Cookie("csrf_token") is { } csrf)
            request.Headers.Add("X-CSRF-Token", csrf);
        return await Client.SendAsync(request);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        var answer = await Client.GetAsync(path);
        Assert.True(answer.IsSuccessStatusCode, $"{path} answered {answer.StatusCode}");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<Guid> UserIdAsync() => (await GetAsync("/api/auth/info")).GetProperty("user").GetProperty("id").GetGuid();
}
