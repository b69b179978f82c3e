using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Platform.Functions.Http;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>
/// Hands HTTP requests to functions and their answers back. On the platform's own host a page of a function is in a sandbox of the browser, and neither sees nor sets cookies:
/// it would share the origin of the console. On a domain of its own it may do what any site may.
/// </summary>
public sealed class FunctionUrlCalls(CallFunctionUrl functions, TimeProvider clock)
{
    private const string KeyHeader = "x-functions-key";
    private const string KeyParameter = "code";
    private const string Sandbox = "sandbox allow-forms allow-scripts; frame-ancestors 'none'";

    // Of the connection (RFC 9110 §7.6.1), and those that the server settles itself.
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Content-Length", "Date", "Server",
    };

    private static readonly HashSet<string> OfTheSite = new(StringComparer.OrdinalIgnoreCase)
    {
        "Set-Cookie", "Content-Security-Policy", "Strict-Transport-Security", "Clear-Site-Data", "Service-Worker-Allowed", "X-Frame-Options",
    };

    /// <summary>
    /// Answers with what the function says, or gives back a refusal. <paramref name="path"/> is what follows the URL, with a leading slash; <paramref name="ownHost"/> says that the
    /// request came for a domain that leads to the function.
    /// </summary>
    public async Task<object?> AnswerAsync(RawRequest request, Guid functionId, string path, bool ownHost, CancellationToken ct)
    {
        var (key, inQuery) = KeyOf(request);
        var found = await functions.FindAsync(functionId, key, ct);
        var body = found.IsOk ? await request.ReadBodyAsync(ct) : found.Error;
        if (!body.IsOk)
            return (Result<Nothing>)body.Error;
        var dropsKey = inQuery && found.Value.UrlAccess == UrlAccess.Key;
        var answer = await functions.CallAsync(found.Value, EventOf(request, path, body.Value, ownHost, dropsKey), ct);
        if (!answer.IsOk)
            return (Result<Nothing>)answer.Error;
        await WriteAsync(request.Http, answer.Value, ownHost, ct);
        return null;
    }

    private static (string? Key, bool InQuery) KeyOf(RawRequest request) =>
        request.Http.Headers.TryGetValue(KeyHeader, out var header) ? (header.ToString(), false) : (request.Query[KeyParameter] is { Count: > 0 } code ? code.ToString() : null, true);

    // The key is the platform's matter, and cookies on its host are those of its own users.
    private UrlRequest EventOf(RawRequest request, string path, ReadOnlyMemory<byte> body, bool ownHost, bool dropsKey)
    {
        var http = request.Http;
        return new UrlRequest
        {
            Id = request.CorrelationId,
            Method = http.Method,
            Path = new PathString(path).ToUriComponent(),
            QueryString = dropsKey ? WithoutKey(request.QueryString) : request.QueryString,
            Host = http.Host.Host,
            Protocol = http.Protocol,
            SourceIp = request.ClientAddress,
            Headers = http.Headers.Where(header => !IsKept(header.Key)).ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value.AsEnumerable())),
            Cookies = ownHost ? [.. http.Cookies.Select(cookie => $"{cookie.Key}={cookie.Value}")] : [],
            Query = request.Query.Where(parameter => !dropsKey || !IsKey(parameter.Key)).ToDictionary(parameter => parameter.Key, parameter => string.Join(',', parameter.Value.AsEnumerable())),
            Body = body,
            ReceivedAt = clock.GetUtcNow(),
        };
    }

    private static bool IsKept(string header) => header.Equals(HeaderNames.Cookie, StringComparison.OrdinalIgnoreCase) || header.Equals(KeyHeader, StringComparison.OrdinalIgnoreCase);

    private static bool IsKey(string parameter) => parameter.Equals(KeyParameter, StringComparison.OrdinalIgnoreCase);

    private static string WithoutKey(string query) => string.Join('&', query.Split('&').Where(pair => !IsKey(Uri.UnescapeDataString(pair.Split('=')[0]))));

    private static async Task WriteAsync(HttpRequest http, UrlResponse answer, bool ownHost, CancellationToken ct)
    {
        var response = http.HttpContext.Response;
        response.StatusCode = answer.Status;
        WriteHeaders(response.Headers, answer, ownHost);
        if (answer.Status is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
            return;
        response.ContentLength = answer.Body.Length;
        if (!HttpMethods.IsHead(http.Method))
            await response.Body.WriteAsync(answer.Body, ct);
    }

    private static void WriteHeaders(IHeaderDictionary headers, UrlResponse answer, bool ownHost)
    {
        if (ownHost)
        {
            headers.Remove(HeaderNames.ContentSecurityPolicy);
            headers.Remove(HeaderNames.XFrameOptions);
            headers.SetCookie = answer.Cookies.ToArray();
        }
        else
        {
            headers.ContentSecurityPolicy = Sandbox;
        }

        foreach (var (name, value) in answer.Headers)
        {
            if (OfTheConnection.Contains(name) || (!ownHost && OfTheSite.Contains(name)))
                continue;
            if (name.Equals(HeaderNames.SetCookie, StringComparison.OrdinalIgnoreCase))
                headers.Append(name, value);
            else
                headers[name] = value;
        }
    }
}
