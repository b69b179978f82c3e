using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Platform.UserFunctions;

/// <summary>
/// An HTTP request to a function's URL. As an event it has the form of AWS Lambda's function URLs (payload format version 2.0), which handlers and frameworks know:
/// https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
/// </summary>
public sealed record UrlRequest
{
    private const string IsoTime = "dd/MMM/yyyy:HH:mm:ss +0000";

    private static readonly string[] TextTypes = ["application/json", "application/xml", "application/javascript", "application/x-www-form-urlencoded", "application/graphql"];

    public required string Id { get; init; }

    public required string Method { get; init; }

    /// <summary>Below the URL of the function, with a leading slash, percent-encoded.</summary>
    public required string Path { get; init; }

    /// <summary>Without the question mark.</summary>
    public required string QueryString { get; init; }

    public required string Host { get; init; }

    public required string Protocol { get; init; }

    public required string SourceIp { get; init; }

    /// <summary>By name in lower case; several of one name are joined by commas.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>Each as <c>name=value</c>.</summary>
    public IReadOnlyList<string> Cookies { get; init; } = [];

    /// <summary>Several of one name are joined by commas.</summary>
    public required IReadOnlyDictionary<string, string> Query { get; init; }

    public ReadOnlyMemory<byte> Body { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public InvocationEvent ToEvent()
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + (Body.Length * 4 / 3));
        using (var json = new Utf8JsonWriter(buffer))
            Write(json);
        return new InvocationEvent(JsonElement.Parse(buffer.WrittenSpan), null);
    }

    private void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("version", "2.0");
        json.WriteString("routeKey", "$default");
        json.WriteString("rawPath", Path);
        json.WriteString("rawQueryString", QueryString);
        if (Cookies.Count > 0)
        {
            json.WriteStartArray("cookies");
            foreach (var cookie in Cookies)
                json.WriteStringValue(cookie);
            json.WriteEndArray();
        }

        WriteMap(json, "headers", Headers);
        if (Query.Count > 0)
            WriteMap(json, "queryStringParameters", Query);
        WriteContext(json);
        WriteBody(json);
        json.WriteEndObject();
    }

    private void WriteContext(Utf8JsonWriter json)
    {
        json.WriteStartObject("requestContext");
        json.WriteString("requestId", Id);
        json.WriteString("routeKey", "$default");
        json.WriteString("stage", "$default");
        json.WriteString("domainName", Host);
        json.WriteString("time", ReceivedAt.UtcDateTime.ToString(IsoTime, CultureInfo.InvariantCulture));
        json.WriteNumber("timeEpoch", ReceivedAt.ToUnixTimeMilliseconds());
        json.WriteStartObject("http");
        json.WriteString("method", Method);
        json.WriteString("path", Path);
        json.WriteString("protocol", Protocol);
        json.WriteString("sourceIp", SourceIp);
        json.WriteString("userAgent", Headers.GetValueOrDefault("user-agent"));
        json.WriteEndObject();
        json.WriteEndObject();
    }

    // Text as text; what is none, or not UTF-8, in base64.
    private void WriteBody(Utf8JsonWriter json)
    {
        var isText = IsText(Headers.GetValueOrDefault("content-type")) && Utf8.IsValid(Body.Span);
        if (Body.Length > 0 && isText)
            json.WriteString("body", Body.Span);
        else if (Body.Length > 0)
            json.WriteBase64String("body", Body.Span);
        json.WriteBoolean("isBase64Encoded", Body.Length > 0 && !isText);
    }

    private static bool IsText(string? contentType)
    {
        if (contentType is null)
            return false;
        var type = contentType.Split(';')[0].Trim().ToLowerInvariant();
        return type.StartsWith("text/", StringComparison.Ordinal) || type.EndsWith("+json", StringComparison.Ordinal) || type.EndsWith("+xml", StringComparison.Ordinal) || TextTypes.Contains(type);
    }

    private static void WriteMap(Utf8JsonWriter json, string name, IReadOnlyDictionary<string, string> map)
    {
        json.WriteStartObject(name);
        foreach (var (key, value) in map)
            json.WriteString(key, value);
        json.WriteEndObject();
    }
}
