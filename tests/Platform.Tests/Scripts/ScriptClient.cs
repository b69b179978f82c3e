using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

using Platform.Tests.Admin;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Scripts;

/// <summary>Saved scripts as their owner's client sees them.</summary>
internal sealed class ScriptClient(TestUser user)
{
    public const string Path = "/api/v1/scripts";

    public TestUser User => user;

    public HttpClient Http => user.Client;

    public static async Task<ScriptClient> NewAsync(PlatformApp app) => new(await app.CreateUserAsync());

    public static string Of(Guid id, string rest = "") => $"{Path}/{id}{rest}";

    public async Task<Guid> SaveAsync(string script = "print(6 * 7)", string name = "answer") => (await CallAsync(HttpMethod.Post, Path, new { name, script })).GetProperty("script_id").GetGuid();

    public async Task<List<JsonElement>> ListAsync(string path = Path) => [.. (await CallAsync(HttpMethod.Get, path)).EnumerateArray()];

    public async Task<JsonElement> CallAsync(HttpMethod method, string path, object? body = null, HttpStatusCode expected = HttpStatusCode.OK) => (await Http.CallAsync(method, path, body, expected)).Body;

    public async Task<HttpStatusCode> StatusAsync(HttpMethod method, string path, object? body = null) => (await Http.CallAsync(method, path, body)).Status;

    public async Task<JsonElement> PostAsync(string path, object body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
