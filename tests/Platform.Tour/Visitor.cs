using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Tour;

/// <summary>A newcomer with a browser's means: cookies, the CSRF header, JSON and an event stream.</summary>
internal sealed class Visitor(Uri url) : IDisposable
{
    private string? _csrf;

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseCookies = true, CookieContainer = new CookieContainer() })
    {
        BaseAddress = url,
        Timeout = TimeSpan.FromSeconds(30),
    };

    public Task<JsonElement> PostAsync(string path, object body, HttpStatusCode expected) => SendAsync(HttpMethod.Post, path, JsonContent.Create(body), expected);

    public async Task SignInAsync(string username, string password)
    {
        var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = username, ["password"] = password });
        var answer = await SendAsync(HttpMethod.Post, "/api/v1/auth/login", form, HttpStatusCode.OK);
        _csrf = answer.Text("csrf_token");
    }

    public Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => SendAsync(HttpMethod.Get, path, null, expected);

    /// <summary>The messages of an event stream until the server closes it.</summary>
    public async IAsyncEnumerable<JsonElement> FollowAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(path, UriKind.Relative));
        using var answer = await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Surprise.When(answer.StatusCode != HttpStatusCode.OK, $"GET {path} answered {(int)answer.StatusCode}");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                yield return JsonElement.Parse(line[6..]);
        }
    }

    public void Dispose() => Http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? content, HttpStatusCode expected)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (_csrf is not null)
            request.Headers.Add("X-CSRF-Token", _csrf);
        using var answer = await Http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Surprise.When(answer.StatusCode != expected, $"{method} {path} answered {(int)answer.StatusCode}, not {(int)expected}: {text}");
        return JsonElement.Parse(text);
    }
}

internal static class JsonElementExtensions
{
    public static string Text(this JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : throw new Surprise($"no text \"{name}\" in {json}");
}
