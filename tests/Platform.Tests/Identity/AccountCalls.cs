using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;
using Platform.Tests.Fixtures;
using Platform.Tests.Http;

namespace Platform.Tests.Identity;

/// <summary>The families that a password sign-in has a face in.</summary>
public enum Face
{
    Executions,
    Checks,
    Inference,
}

/// <summary>A refusal as its family words it: the machine's word where there is one, else the text.</summary>
public sealed record Answered(int Status, string Word, JsonElement Body, HttpResponseMessage Http)
{
    public (int, string) Brief => (Status, Word);
}

/// <summary>Calls of the account routes in all their faces.</summary>
internal static class AccountCalls
{
    public const string Strong = "Another-Passw0rd";

    public static readonly Face[] Faces = Enum.GetValues<Face>();

    public static async Task<Answered> SignInAsync(this PlatformApp app, Face face, string login, string password = PlatformApp.Password, string? code = null)
    {
        using var content = face switch
        {
            Face.Executions => Form(("username", login), ("password", password), ("totp_code", code)),
            Face.Checks => JsonContent.Create(new { email = login, password, code }),
            _ => (HttpContent)JsonContent.Create(new { email = login, password, totp_code = code }),
        };
        return await ReadAsync(await app.Anonymous.PostAsync(SignInPath(face), content));
    }

    public static Task<Answered> SignUpAsync(this PlatformApp app, string email, string password = PlatformApp.Password, string name = "Ada Lovelace", string? inviteToken = null) =>
        app.Anonymous.CallAsync("POST", "/api/auth/sign-up/email", new { name, email, password, inviteToken });

    public static async Task<Answered> CallAsync(this HttpClient client, string method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
        return await ReadAsync(await client.SendAsync(request));
    }

    public static string TokenOf(this Answered answer) =>
        answer.Body.TryGetProperty("access_token", out var token) || answer.Body.TryGetProperty("token", out token) ? token.GetString()! : throw new InvalidOperationException($"No token: {answer.Body}");

    public static HttpClient Bearer(this PlatformApp app, string token) => app.Client(headers => headers.Authorization = new("Bearer", token));

    public static async Task<HttpStatusCode> StatusAsync(this PlatformApp app, string token)
    {
        using var client = app.Bearer(token);
        return (await client.GetAsync("/api/v1/auth/me")).StatusCode;
    }

    /// <summary>Runs against the app's database, past its services.</summary>
    public static async Task<T> InDatabaseAsync<T>(this PlatformApp app, Func<PlatformDbContext, Task<T>> work)
    {
        await using var scope = app.Services.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(Caller.Platform);
        return await work(scope.ServiceProvider.GetRequiredService<PlatformDbContext>());
    }

    /// <summary>Changes a user as an operator would.</summary>
    public static async Task ChangeUserAsync(this PlatformApp app, Guid id, Action<User> change)
    {
        await app.InDatabaseAsync(async db =>
        {
            change((await db.Users.FindAsync(id))!);
            return await db.SaveChangesAsync();
        });
        app.Services.GetRequiredService<SessionDirectory>().ForgetAll();
    }

    private static string SignInPath(Face face) => face switch
    {
        Face.Executions => "/api/v1/auth/login",
        Face.Checks => "/api/auth/sign-in/email",
        _ => "/auth/login",
    };

    private static FormUrlEncodedContent Form(params (string Name, string? Value)[] fields) =>
        new(fields.Where(field => field.Value is not null).Select(field => KeyValuePair.Create(field.Name, field.Value!)));

    private static async Task<Answered> ReadAsync(HttpResponseMessage answer)
    {
        var body = answer.StatusCode == HttpStatusCode.Found ? default : await answer.JsonAsync();
        var word = body.ValueKind == JsonValueKind.Object ? ((string[])["code", "error", "detail"]).Select(name => body.TryGetProperty(name, out var found) ? found.ToString() : null).FirstOrDefault(found => found is not null) : null;
        return new Answered((int)answer.StatusCode, word ?? "", body, answer);
    }
}
