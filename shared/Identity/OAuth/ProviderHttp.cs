using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Platform.Outbound;

namespace Platform.Identity.OAuth;

/// <summary>Calls one provider through the SSRF guard, to which the operator's base URLs are allow entries for this provider only.</summary>
internal sealed class ProviderHttp
{
    public static readonly TimeSpan RevocationTimeout = TimeSpan.FromSeconds(5);

    private const int MaxBodyBytes = 256 * 1024;
    private static readonly ProductInfoHeaderValue Product = new("Platform", null);

    private readonly OutboundHttp _http;
    private readonly OutboundCall _call;
    private readonly ILogger _log;

    public ProviderHttp(OutboundHttp http, ILogger log, string purpose, params string[] addresses)
    {
        (_http, _log) = (http, log);
        var places = Array.ConvertAll(addresses, address => new Uri(address));
        var policy = new OutboundPolicy(purpose)
        {
            Allow = [.. places.Select(AllowEntry.Of)],
            OnlyHosts = places.Select(place => place.IdnHost).ToHashSet(StringComparer.OrdinalIgnoreCase),
            AllowHttp = Array.Exists(places, place => place.Scheme == "http"),
        };
        _call = new OutboundCall { Policy = policy, MaxBodyBytes = MaxBodyBytes };
    }

    public static AuthenticationHeaderValue Bearer(string token) => new("Bearer", token);

    /// <summary>Client authentication of RFC 6749 §2.3.1.</summary>
    public static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Uri.EscapeDataString(id)}:{Uri.EscapeDataString(secret)}")));

    /// <summary>The JSON of a good answer, whose members outlive the call; null for any other and for none.</summary>
    public async Task<JsonElement?> SendAsync(HttpRequestMessage request, CancellationToken ct, TimeSpan? timeout = null)
    {
        request.Headers.UserAgent.Add(Product);
        if (request.Headers.Accept.Count == 0)
            request.Headers.Accept.ParseAdd("application/json");
        try
        {
            var answer = await _http.SendAsync(request, timeout is { } limit ? _call with { Timeout = limit } : _call, ct);
            if (!answer.IsSuccess)
            {
                _log.LogInformation("Provider {Purpose} answered {Status}", _call.Policy.Purpose, (int)answer.Status);
                return null;
            }

            using var document = JsonDocument.Parse(answer.Body.IsEmpty ? "null"u8.ToArray() : answer.Body);
            return document.RootElement.Clone();
        }
        catch (Exception fault) when (fault is OutboundException or JsonException)
        {
            _log.LogWarning("Provider {Purpose} gave no usable answer: {Failure}", _call.Policy.Purpose, (fault as OutboundException)?.Failure.ToString() ?? "no JSON");
            return null;
        }
    }
}
