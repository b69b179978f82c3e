using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Platform.Benchmarks.Soak;

/// <summary>An answer of a node.</summary>
internal sealed record SoakAnswer(HttpStatusCode Status, JsonElement Body)
{
    public bool IsOk => (int)Status is >= 200 and < 300;

    public string Text(string name) => Body.GetProperty(name).ToString();
}

/// <summary>A user of the fleet, who asks either node. What the platform must never say is noted in the ledger.</summary>
internal sealed class SoakClient(SoakFleet fleet, SoakLedger ledger, int seed) : IDisposable
{
    private const string Password = "Correct-Horse-9";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new() { Timeout = Patience };

    public Random Random { get; } = new(seed);

    public SoakLedger Ledger => ledger;

    public string UserId { get; private set; } = "";

    public async Task SignUpAsync(string name)
    {
        var registered = await SendAsync(HttpMethod.Post, "/api/v1/auth/register", new { username = name, email = $"{name}@example.com", password = Password });
        if (registered?.IsOk != true)
            throw new InvalidOperationException($"{name} could not register: {registered}");
        await SignInAsync(name);
    }

    public Task SignInAsOperatorAsync() => SignInAsync("operator");

    /// <summary>Null when it is not known whether the request was carried out.</summary>
    public async Task<SoakAnswer?> SendAsync(HttpMethod method, string path, object? body = null, string? idempotencyKey = null, CancellationToken ct = default)
    {
        using var request = new HttpRequestMessage(method, new Uri(fleet.Pick(Random), path));
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (idempotencyKey is not null)
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        try
        {
            using var answer = await _http.SendAsync(request, ct);
            var text = await answer.Content.ReadAsStringAsync(ct);
            ledger.Note(method, path, answer.StatusCode, text);
            return new SoakAnswer(answer.StatusCode, text.StartsWith('{') || text.StartsWith('[') ? JsonSerializer.Deserialize<JsonElement>(text) : default);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            ledger.Count("requests cut off");
            return null; // it has just been killed
        }
    }

    public Task<SoakAnswer?> GetAsync(string path, CancellationToken ct) => SendAsync(HttpMethod.Get, path, ct: ct);

    public Task<SoakAnswer?> PostAsync(string path, object? body, CancellationToken ct) => SendAsync(HttpMethod.Post, path, body, ct: ct);

    /// <summary>A client for streams of one node, whichever is there.</summary>
    public HttpClient Streams()
    {
        var http = new HttpClient { BaseAddress = fleet.Pick(Random), Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.Authorization = _http.DefaultRequestHeaders.Authorization;
        return http;
    }

    public Task PauseAsync(int mostMilliseconds, CancellationToken ct) => Task.Delay(Random.Next(mostMilliseconds), ct);

    public void Dispose() => _http.Dispose();

    private async Task SignInAsync(string name)
    {
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = name, ["password"] = Password });
        using var answer = await _http.PostAsync(new Uri(fleet.Pick(Random), "/api/v1/auth/login"), form);
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("access_token").GetString();
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        UserId = (await SendAsync(HttpMethod.Get, "/api/v1/auth/me"))!.Text("user_id");
    }
}
