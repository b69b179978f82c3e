using System.Text;
using System.Text.Json;

namespace Platform.UserFunctions;

/// <summary>
/// The answer of a function's URL. A result that is an object with <c>statusCode</c> says all of it; any other result is the body, as JSON
/// (the rules of AWS Lambda's payload format version 2.0).
/// </summary>
/// <param name="Cookies">Values of <c>Set-Cookie</c>.</param>
public sealed record UrlResponse(int Status, IReadOnlyDictionary<string, string> Headers, IReadOnlyList<string> Cookies, ReadOnlyMemory<byte> Body)
{
    private const string Json = "application/json";
    private const string ContentType = "content-type";

    private static readonly Dictionary<string, string> OfJson = new(StringComparer.OrdinalIgnoreCase) { [ContentType] = Json };

    /// <param name="result">JSON of the handler's result; null counts as <c>null</c>.</param>
    public static Result<UrlResponse> Of(string? result)
    {
        using var document = JsonDocument.Parse(result ?? "null");
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("statusCode", out var code))
            return new UrlResponse(200, OfJson, [], Encoding.UTF8.GetBytes(root.GetRawText()));
        if (code.ValueKind != JsonValueKind.Number || !code.TryGetInt32(out var status) || status is < 200 or > 599)
            return FunctionErrors.NoResponse("statusCode is not a number from 200 to 599");
        if (HeadersOf(root) is not { } headers)
            return FunctionErrors.NoResponse("headers is not an object of printable values");
        if (CookiesOf(root) is not { } cookies)
            return FunctionErrors.NoResponse("cookies is not a list of printable values");
        if (BodyOf(root) is not { } body)
            return FunctionErrors.NoResponse("body is not base64");
        return new UrlResponse(status, headers, cookies, body);
    }

    private static Dictionary<string, string>? HeadersOf(JsonElement root)
    {
        var headers = new Dictionary<string, string>(OfJson, StringComparer.OrdinalIgnoreCase);
        if (!root.TryGetProperty("headers", out var given) || given.ValueKind == JsonValueKind.Null)
            return headers;
        if (given.ValueKind != JsonValueKind.Object)
            return null;
        foreach (var member in given.EnumerateObject())
        {
            if (!IsToken(member.Name) || TextOf(member.Value) is not { } value)
                return null;
            headers[member.Name] = value;
        }

        return headers;
    }

    private static List<string>? CookiesOf(JsonElement root)
    {
        if (!root.TryGetProperty("cookies", out var given) || given.ValueKind == JsonValueKind.Null)
            return [];
        if (given.ValueKind != JsonValueKind.Array)
            return null;
        var cookies = new List<string>();
        foreach (var item in given.EnumerateArray())
        {
            if (TextOf(item) is not { } value)
                return null;
            cookies.Add(value);
        }

        return cookies;
    }

    private static ReadOnlyMemory<byte>? BodyOf(JsonElement root)
    {
        if (!root.TryGetProperty("body", out var body) || body.ValueKind == JsonValueKind.Null)
            return ReadOnlyMemory<byte>.Empty;
        if (body.ValueKind != JsonValueKind.String)
            return Encoding.UTF8.GetBytes(body.GetRawText());
        if (!root.TryGetProperty("isBase64Encoded", out var encoded) || encoded.ValueKind != JsonValueKind.True)
            return Encoding.UTF8.GetBytes(body.GetString()!);
        return body.TryGetBytesFromBase64(out var bytes) ? bytes : (ReadOnlyMemory<byte>?)null;
    }

    private static string? TextOf(JsonElement value)
    {
        var text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
            _ => null,
        };
        return text is null || text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? null : text;
    }

    // RFC 9110 §5.6.2
    private static bool IsToken(string name) => name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || "!#$%&'*+-.^_`|~".Contains(letter, StringComparison.Ordinal));
}
