using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;

using Platform.Functions.Http;

namespace Platform.Tests.Contract;

/// <summary>Makes the parts of one request: near to what the operation takes, with something wrong in it. The same seed gives the same request.</summary>
internal sealed class FuzzInput(int seed)
{
    private static readonly string[] Words =
    [
        "", " ", "0", "-1", "null", "true", "me", "all", "*", "a*", "%", "_", "' OR '1'='1", "\"; --", "<script>", "../../etc/passwd", "{{7*7}}", "${x}", "\u00e9\u4e2d\U0001F600", "\u202e\u200b", "I\u0307",
        "2026-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01", "1e308", "99999999999999999999", "00000000-0000-0000-0000-000000000000", "01900000-0000-7000-8000-000000000001", "a@example.com",
        "owner", "admin", "builds:*", "*:read", "platform:users", "https://127.0.0.1/", "http://[::1]:1/", "javascript:1",
    ];

    private static readonly string[] RawPaths = ["%FF%FE", "%2e%2e%2f", "%0d%0aX: y", "a%2Fb", "%E2%80%AE", ";x=1", "%25%30%30"];

    private static readonly string[] RawNumbers = ["1e400", "-0", "NaN", "123456789012345678901234567890", "0.1e-400", "01"];

    private readonly Random _random = new(seed);

    public bool OneIn(int count) => _random.Next(count) == 0;

    public int Below(int count) => _random.Next(count);

    public async Task<string> PathOfAsync(OperationWorld world, Operation operation)
    {
        var path = RouteIds.Unknown(operation.Route).Any() || OneIn(2) ? "/" + operation.Route : await world.Ids.PathOfAsync(operation.Route);
        path = Regex.Replace(path, @"\{[^}]*\}", _ => OneIn(3) ? Choose(RawPaths) : Uri.EscapeDataString(Text(2000) is { Length: > 0 } text ? text : "x"));
        return path + Query(operation);
    }

    public HttpContent? Body(Operation operation)
    {
        if (OneIn(12))
            return null;
        var bytes = operation.Form is { } form && !OneIn(4) ? Form(form, operation.Family) : Bytes(operation);
        var content = new ByteArrayContent(bytes);
        var type = OneIn(8)
            ? Choose(["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "x", ""])
            : operation.Form is null ? "application/json" : "application/x-www-form-urlencoded";
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        return content;
    }

    public void AddHeaders(HttpRequestHeaders headers)
    {
        if (OneIn(4))
            headers.TryAddWithoutValidation("Idempotency-Key", OneIn(3) ? new string('k', 300) : $"key {Below(5)}");
        if (OneIn(4))
            headers.TryAddWithoutValidation("X-Correlation-ID", OneIn(2) ? new string('c', 500) : "a;b=\"c\"");
        if (OneIn(4))
            headers.TryAddWithoutValidation("X-Project-Id", Choose(["x", "", "00000000-0000-0000-0000-000000000000", "01900000-0000-7000-8000-000000000001"]));
        if (OneIn(8))
            headers.TryAddWithoutValidation("X-API-Key", new string('x', 100));
        if (OneIn(8))
            headers.TryAddWithoutValidation("User-Agent", new string('u', 3000));
        if (OneIn(8))
            headers.TryAddWithoutValidation("X-Forwarded-For", "unknown, 1.2.3.4, ::x");
    }

    private string Query(Operation operation)
    {
        var names = operation.Query is null ? [] : WireJson.For(operation.Family).Reading.GetTypeInfo(operation.Query).Properties.Select(property => property.Name).ToList();
        var text = new StringBuilder();
        foreach (var name in names.Where(_ => OneIn(3)).Concat(OneIn(6) ? ["unknown", "unknown[]", ""] : []))
        {
            for (var i = 0; i <= Below(2); i++)
                text.Append(text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(OneIn(6) ? Choose(RawPaths) : Uri.EscapeDataString(Text(1000)));
        }

        return text.ToString();
    }

    private byte[] Form(Type form, Family family) => Encoding.UTF8.GetBytes(string.Join('&', WireJson.For(family).Reading.GetTypeInfo(form).Properties.Where(_ => !OneIn(6))
        .Select(property => $"{property.Name}={(OneIn(8) ? Choose(RawPaths) : Uri.EscapeDataString(Text(5000)))}")));

    private byte[] Bytes(Operation operation)
    {
        var node = operation.Body is { } type && type != typeof(byte[]) ? Filled(type, operation.Family, 0) : new JsonObject();
        var text = node.ToJsonString();
        return Below(14) switch
        {
            0 => Encoding.UTF8.GetBytes(text[..Below(text.Length)]),
            1 => Encoding.UTF8.GetBytes(text + text),
            2 => Encoding.Unicode.GetBytes(text),
            3 => [.. Encoding.UTF8.GetBytes(text), 0xff, 0xfe],
            4 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 70)) + text + string.Concat(Enumerable.Repeat("]", 70))),
            5 => Encoding.UTF8.GetBytes(text.Replace(":", $":{Choose(RawNumbers)},\"x\":", StringComparison.Ordinal)),
            6 => Encoding.UTF8.GetBytes(text.Replace("\"", "\"\\u0000\\ud800", StringComparison.Ordinal)),
            7 when OneIn(10) => new byte[3 * 1024 * 1024],
            8 => Encoding.UTF8.GetBytes(Choose(["null", "[]", "\"x\"", "1", "{}", "{\"\":{}}", "// x\n{}"])),
            9 => Encoding.UTF8.GetBytes(text.Insert(1, text[1..^1] is { Length: > 0 } inner ? inner + "," : "")),
            _ => Encoding.UTF8.GetBytes(text),
        };
    }

    /// <summary>The record with some of its members, most of them of the right type.</summary>
    private JsonObject Filled(Type type, Family family, int depth)
    {
        var body = Tries(() => SampleBody.Json(type, family)) as JsonObject ?? [];
        foreach (var property in WireJson.For(family).Reading.GetTypeInfo(type).Properties.Where(_ => OneIn(2)))
            body[property.Name] = OneIn(3) ? Any(depth) : Fitting(property.PropertyType, family, depth);
        return body;
    }

    private JsonNode? Fitting(Type declared, Family family, int depth)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(string) || type == typeof(Guid) || type == typeof(DateTimeOffset))
            return Text(20_000);
        if (type == typeof(bool))
            return OneIn(2);
        if (type.IsEnum)
            return System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(Choose(Enum.GetNames(type)));
        if (type.IsPrimitive || type == typeof(decimal))
            return Choose([0L, 1L, -1L, int.MaxValue, int.MinValue, long.MaxValue, 50L]);
        var info = WireJson.For(family).Reading.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new JsonArray([.. Enumerable.Range(0, Choose([0, 1, 3, 60])).Select(_ => Fitting(info.ElementType!, family, depth + 1))]),
            JsonTypeInfoKind.Object when depth < 4 => Filled(type, family, depth + 1),
            _ => Any(depth),
        };
    }

    private JsonNode? Any(int depth) => Below(depth > 3 ? 5 : 7) switch
    {
        0 => null,
        1 => Text(5000),
        2 => OneIn(2),
        3 => Choose([0d, -1, 1.5, 1e300, long.MaxValue]),
        4 => new JsonObject(),
        5 => new JsonArray([.. Enumerable.Range(0, Below(4)).Select(_ => Any(depth + 1))]),
        _ => new JsonObject { [Text(50)] = Any(depth + 1) },
    };

    private string Text(int longest) => OneIn(10) ? new string((char)('a' + Below(26)), Below(longest)) : Choose(Words);

    private T Choose<T>(params T[] from) => from[_random.Next(from.Length)];

    private static JsonNode? Tries(Func<JsonNode> make)
    {
        try
        {
            return make();
        }
        catch (InvalidOperationException)
        {
            return null; // OperationAccessTests says that a sample is missing
        }
    }
}
