using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Platform.Functions.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>
/// Bad input against every operation of the family, taken from the catalogue so that later operations are held too: a clear refusal in the family's form,
/// never a fault.
/// </summary>
public abstract class BadInputTests(PlatformApp app)
{
    private const string Id = "01980000-0000-7000-8000-000000000000";

    private static readonly string[] Types =
    [
        "missing", "json_invalid", "enum", "int_parsing", "float_parsing", "bool_parsing", "datetime_parsing", "string_too_long", "string_too_short",
        "greater_than_equal", "less_than_equal", "string_pattern_mismatch", "value_error",
    ];

    private static readonly Operation[] Operations = [.. OperationCatalog.FromAssemblies(typeof(OperationCatalog).Assembly).All
        .Where(operation => operation.Family == Family.Executions && operation.Name != FallbackFunctions.Name && operation.Produces != "text/html" && !IsPartOfAPage(operation.Route))];

    private static readonly string[] BadValues =
    [
        "null", "5", "-1", "1e400", "99999999999999999999", "1.5", "true", "\"\"", "\" \"", "\"x\"", "\"a\\u0000b\"", "\"\\ud800\"", "[]", "[1]", "[null]", "{}", """{"a":null}""",
        """{"a\u0000":"b"}""", "[[[]]]", """[{"path":null}]""", $"\"{new string('é', 3000)}\"",
    ];

    private static readonly string[] BadTexts = ["", "%20", "-1", "0", "99999999999999999999", "x", "%00", "a%00b", "%ff%fe", "%ED%A0%80", "%F0%9F%92%A9", "NaN", "2026-99-99", "..%2f..", "'--", new('x', 3000)];

    private static bool IsPartOfAPage(string route) => route.StartsWith("executions/", StringComparison.Ordinal) || route.StartsWith("console/", StringComparison.Ordinal);

    [Fact]
    public async Task Credentials_NoneForgedOrExpired_Are401()
    {
        var user = await app.CreateUserAsync();
        var parts = user.Token.Split('.');
        var otherPayload = parts[1][..^2] + (parts[1][^2] == 'A' ? 'B' : 'A') + parts[1][^1];
        foreach (var operation in Operations.Where(operation => !operation.IsPublic))
        {
            foreach (var token in new[] { null, "", "x", "a.b.c", $"{parts[0]}.{otherPayload}.{parts[2]}", $"{parts[0]}.{parts[1]}.", ExpiredToken, "pf_" + new string('x', 49) })
            {
                using var request = Request(operation);
                if (token is not null)
                    request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {token}");
                using var answer = await app.Anonymous.SendAsync(request);
                Assert.Equal((operation.Name, token, HttpStatusCode.Unauthorized), (operation.Name, token, answer.StatusCode));
                Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
                Assert.Equal("""{"detail":"Not authenticated"}""", await answer.Content.ReadAsStringAsync());
            }
        }
    }

    [Fact]
    public async Task CookieWithoutCsrfToken_Is403()
    {
        var user = await app.CreateUserAsync();
        using var browser = app.Client(user.AsBrowser());
        foreach (var operation in Operations.Where(operation => !operation.IsPublic && operation.Methods[0] is "POST" or "PUT" or "DELETE"))
        {
            using var answer = await browser.SendAsync(Request(operation));
            Assert.Equal((operation.Name, HttpStatusCode.Forbidden, """{"detail":"CSRF token missing"}"""), (operation.Name, answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task OtherMethods_Are405AndUnknownRoutes404()
    {
        foreach (var operation in Operations)
        {
            using var answer = await app.Anonymous.SendAsync(new HttpRequestMessage(HttpMethod.Patch, PathOf(operation)));
            Assert.Equal((operation.Name, HttpStatusCode.MethodNotAllowed), (operation.Name, answer.StatusCode));
            Assert.Contains(operation.Methods[0], answer.Content.Headers.Allow);
            Assert.Equal("""{"detail":"Method Not Allowed"}""", await answer.Content.ReadAsStringAsync());
        }

        var client = (await app.OperatorAsync()).Client;
        foreach (var (method, path) in new[] { ("POST", "not-an-id/cancel"), ("POST", "not-an-id/retry"), ("DELETE", "not-an-id"), ("GET", "nothing/at/all"), ("POST", "execute/"), ("GET", "%ff"), ("GET", new string('x', 4000)) })
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), $"/api/v1/{path}"));
            await AssertRefusalAsync(answer, $"{method} {path}", path == "execute/" ? 422 : 404); // a trailing slash is insignificant
        }
    }

    [Fact]
    public async Task MalformedBodies_Are422AndTooLarge413()
    {
        var client = (await app.OperatorAsync()).Client;
        var large = new byte[(10 * 1024 * 1024) + 1];
        Array.Fill(large, (byte)' ');
        (string Name, byte[] Body)[] bodies =
        [
            ("cut", "{\"script\":"u8.ToArray()), ("not JSON", "script=1"u8.ToArray()), ("trailing", "{} x"u8.ToArray()), ("duplicate keys", """{"script":"a","reason":"a","username":"a","script":"b","reason":"b","username":"b"}"""u8.ToArray()),
            ("deep", Encoding.ASCII.GetBytes($$"""{"x":{{new string('[', 65)}}{{new string(']', 65)}}}""")), ("very deep", Encoding.ASCII.GetBytes(new string('[', 1_000_000))),
            ("invalid UTF-8", [.. "{\"script\":\""u8, 0xC3, 0x28, .. "\"}"u8]), ("UTF-16", Encoding.Unicode.GetBytes("""{"script":"print(1)"}""")), ("NUL byte", "{\"script\":\"\0\"}"u8.ToArray()),
            ("array", "[]"u8.ToArray()), ("null", "null"u8.ToArray()), ("number", "1"u8.ToArray()),
        ];
        foreach (var operation in Operations.Where(operation => operation.Body is not null || operation.Form is not null))
        {
            foreach (var (name, body) in bodies)
            {
                using var answer = await client.SendAsync(Request(operation, body));
                await AssertRefusalAsync(answer, $"{operation.Name}: {name}", 422);
            }

            using var tooLarge = await client.SendAsync(Request(operation, large));
            Assert.Equal((HttpStatusCode.RequestEntityTooLarge, """{"detail":"Request too large. Maximum size is 10MB"}"""), (tooLarge.StatusCode, await tooLarge.Content.ReadAsStringAsync()));
            using var notJson = await client.SendAsync(Request(operation, "{}"u8.ToArray(), "text/plain"));
            await AssertRefusalAsync(notJson, $"{operation.Name}: text/plain", 422);
        }
    }

    [Fact]
    public async Task BodyMembers_OfAnyWrongValue_AreRefusedOrHarmless()
    {
        var client = (await app.OperatorAsync()).Client;
        foreach (var operation in Operations.Where(operation => operation.Body is not null))
        {
            foreach (var member in operation.Body!.GetProperties())
            {
                foreach (var value in BadValues)
                {
                    var body = Sample(operation.Name);
                    body.Remove(WireJson.Snake.Naming.ConvertName(member.Name));
                    var text = $"{body.ToJsonString()[..^1]}{(body.Count > 0 ? "," : "")}\"{WireJson.Snake.Naming.ConvertName(member.Name)}\":{value}}}";
                    using var answer = await client.SendAsync(Request(operation, Encoding.UTF8.GetBytes(text)));
                    await AssertRefusalAsync(answer, $"{operation.Name}: {member.Name} = {value}");
                }
            }
        }
    }

    [Fact]
    public async Task QueryPathAndForm_OfAnyText_AreRefusedOrHarmless()
    {
        var client = (await app.OperatorAsync()).Client;
        foreach (var operation in Operations.Where(operation => operation.Name != "Auth_Logout"))
        {
            var names = operation.Query?.GetProperties().Select(member => WireJson.Snake.Naming.ConvertName(member.Name)) ?? [];
            foreach (var query in names.SelectMany(name => BadTexts.Select(text => $"?{name}={text}")).Concat(["?", "?=", "?&&", "?%", "?%00=%00"]))
                await SendAsync(PathOf(operation) + query);
            foreach (var text in operation.Route.Contains('{', StringComparison.Ordinal) ? BadTexts.Where(text => text.Length > 0 && !text.Contains("%00", StringComparison.Ordinal)) : [] /* Kestrel itself refuses a NUL in a path */)
                await SendAsync(PathOf(operation, text));

            async Task SendAsync(string path)
            {
                using var request = new HttpRequestMessage(new HttpMethod(operation.Methods[0]), path) { Content = operation.Body is null ? null : new StringContent("{}", Encoding.UTF8, "application/json") };
                using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
                await AssertRefusalAsync(answer, $"{operation.Name}: {path}");
            }
        }

        foreach (var form in BadTexts.Select(text => $"username={text}&password={text}").Concat(["", "&", "=", "username", "username=a&username=b&password=c", $"password=a&{new string('x', 300)}=1"]))
        {
            using var answer = await app.Anonymous.PostAsync("/api/v1/auth/login", new StringContent(form, new MediaTypeHeaderValue("application/x-www-form-urlencoded")));
            await AssertRefusalAsync(answer, form);
        }
    }

    [Theory]
    [InlineData("Idempotency-Key", "", 422)]
    [InlineData("Idempotency-Key", "a\tb", 422)]
    [InlineData("Idempotency-Key", null, 422)]
    [InlineData("Prefer", "wait=99999999999", 422)]
    [InlineData("X-Correlation-ID", "a\tb", 422)]
    [InlineData("Content-Encoding", "gzip", 422)]
    public async Task Headers_OfAnyText_AreRefusedOrHarmless(string name, string? value, int status)
    {
        using var request = Request(Operations.Single(operation => operation.Name == "Executions_Start"), """{"script":""}"""u8.ToArray());
        if (!request.Headers.TryAddWithoutValidation(name, value ?? new string('k', 256)))
            request.Content!.Headers.TryAddWithoutValidation(name, value);
        using var client = app.Client();
        client.DefaultRequestHeaders.Authorization = new("Bearer", (await app.CreateUserAsync()).Token);

        using var answer = await client.SendAsync(request);

        await AssertRefusalAsync(answer, name, status);
    }

    /// <summary>A refusal says <c>detail</c>, a text or problems of the contract's types.</summary>
    private static async Task AssertRefusalAsync(HttpResponseMessage answer, string what, int? status = null)
    {
        Assert.True((status is null || status == (int)answer.StatusCode) && (int)answer.StatusCode < 500, $"{what}: {answer.StatusCode}");
        if (answer.IsSuccessStatusCode)
            return;
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        var detail = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsStringAsync()).GetProperty("detail");
        if (detail.ValueKind == JsonValueKind.String)
            return;
        Assert.NotEqual(0, detail.GetArrayLength());
        foreach (var problem in detail.EnumerateArray())
        {
            Assert.Contains(problem.GetProperty("loc")[0].GetString(), new[] { "body", "query", "path", "header" });
            Assert.False(string.IsNullOrEmpty(problem.GetProperty("msg").GetString()), what);
            Assert.Contains(problem.GetProperty("type").GetString(), Types);
        }
    }

    private static HttpRequestMessage Request(Operation operation, byte[]? body = null, string contentType = "application/json")
    {
        var request = new HttpRequestMessage(new HttpMethod(operation.Methods[0]), PathOf(operation));
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(contentType) } };
        return request;
    }

    private static string PathOf(Operation operation, string value = Id) => "/" + System.Text.RegularExpressions.Regex.Replace(operation.Route, @"\{[^}]*\}", value);

    /// <summary>A body that is good but for the member under test, and starts nothing long.</summary>
    private static JsonObject Sample(string operation) => operation switch
    {
        "Executions_Start" => new JsonObject { ["script"] = "pass" },
        "Auth_Register" => new JsonObject { ["username"] = $"u{Guid.NewGuid():N}", ["email"] = $"{Guid.NewGuid():N}@example.com", ["password"] = PlatformApp.Password },
        _ => [],
    };

    // Signed long ago by nobody's key; that an expired token of the platform's own key is refused is a test of the credentials.
    private const string ExpiredToken = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxIiwiZXhwIjoxNTE2MjM5MDIyfQ.4Adcj3UFYzPUVaVF43FmMze0x8ePrFbKBrEUMPSpvDo";
}

/// <summary>Without request limits: these tests ask often.</summary>
public sealed class UnlimitedSqliteApp : SqliteApp
{
    protected override (string Key, string Value)[] Settings => [("RateLimit:Enabled", "false")];
}

public sealed class UnlimitedPostgresApp : PostgresApp
{
    protected override (string Key, string Value)[] Settings => [("RateLimit:Enabled", "false")];
}

public sealed class BadInputOnSqliteTests(UnlimitedSqliteApp fixture) : BadInputTests(fixture.App), IClassFixture<UnlimitedSqliteApp>;

public sealed class BadInputOnPostgresTests(UnlimitedPostgresApp fixture) : BadInputTests(fixture.App), IClassFixture<UnlimitedPostgresApp>;
