using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Admin;

/// <summary>What tests of operators' work do again and again.</summary>
internal static class AdminApp
{
    public static async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(this HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var answer = await client.SendAsync(request);
        return (answer.StatusCode, answer.Content.Headers.ContentLength > 0 ? await answer.JsonAsync() : default);
    }

    public static Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(this HttpClient client, string path, HttpStatusCode expected) => client.CallAsync(HttpMethod.Get, path, null, expected);

    public static async Task<(HttpStatusCode Status, JsonElement Body)> CallAsync(this HttpClient client, HttpMethod method, string path, object? body, HttpStatusCode expected)
    {
        var answer = await client.CallAsync(method, path, body);
        Assert.True(answer.Status == expected, $"{method} {path} answered {(int)answer.Status}, not {(int)expected}: {answer.Body}");
        return answer;
    }

    /// <summary>The status of a password sign-in.</summary>
    public static async Task<HttpStatusCode> SignInAsync(this PlatformApp app, string login, string password)
    {
        using var form = PlatformApp.LoginForm(login, password);
        using var answer = await app.Anonymous.PostAsync("/api/v1/auth/login", form);
        return answer.StatusCode;
    }

    public static HttpClient WithToken(this PlatformApp app, string token) => app.Client(headers => headers.Authorization = new AuthenticationHeaderValue("Bearer", token));

    /// <summary>Reads or writes the database as the platform.</summary>
    public static async Task<T> WithDatabaseAsync<T>(this PlatformApp app, Func<PlatformDbContext, Task<T>> use)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return await use(scope.ServiceProvider.GetRequiredService<PlatformDbContext>());
    }

    /// <summary>Another operator, signed in.</summary>
    public static async Task<TestUser> CreateOperatorAsync(this PlatformApp app, TestUser by)
    {
        var user = await app.CreateUserAsync();
        await by.Client.CallAsync(HttpMethod.Put, $"/api/v1/admin/users/{user.Id}", new { role = "admin" }, HttpStatusCode.OK);
        using var form = PlatformApp.LoginForm(user.Username, PlatformApp.Password);
        using var answer = await app.Anonymous.PostAsync("/api/v1/auth/login", form);
        var body = await answer.JsonAsync();
        return user with { Token = body.Text("access_token"), CsrfToken = body.Text("csrf_token"), Client = app.WithToken(body.Text("access_token")) };
    }
}
