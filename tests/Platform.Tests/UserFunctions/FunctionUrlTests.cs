using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Domains;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;
using Platform.Tests.Organizations;
using Answer = Platform.Tests.Databases.Answer;

namespace Platform.Tests.UserFunctions;

/// <summary>Functions that answer HTTP requests of people without an account.</summary>
public abstract class FunctionUrlTests(PlatformApp app)
{
    private const string Echo = "exports.handler = (event) => event";

    [Fact]
    public async Task Request_IsAnEventOfTheKnownForm()
    {
        var (id, url) = await PublicAsync(Echo);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"{url}/orders/a%20b?tag=x&tag=y&code=oauth&empty=");
        request.Content = new StringContent("{\"n\":1}", Encoding.UTF8, "application/json");
        request.Headers.Add("X-Signature", "one");
        request.Headers.Add("Cookie", "session=secret");
        request.Headers.UserAgent.ParseAdd("sender/1.0");

        using var answer = await app.Anonymous.SendAsync(request);
        var seen = JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement;

        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal(("2.0", "/orders/a%20b", "tag=x&tag=y&code=oauth&empty="), (Text(seen, "version"), Text(seen, "rawPath"), Text(seen, "rawQueryString")));
        Assert.Equal("""{"tag":"x,y","code":"oauth","empty":""}""", seen.GetProperty("queryStringParameters").GetRawText());
        Assert.Equal(("{\"n\":1}", false), (Text(seen, "body"), seen.GetProperty("isBase64Encoded").GetBoolean()));
        var headers = seen.GetProperty("headers");
        Assert.Equal(("one", "application/json; charset=utf-8", "sender/1.0"), (Text(headers, "x-signature"), Text(headers, "content-type"), Text(headers, "user-agent")));
        Assert.DoesNotContain("secret", seen.GetRawText(), StringComparison.Ordinal);
        var http = seen.GetProperty("requestContext").GetProperty("http");
        Assert.Equal(("PUT", "/orders/a%20b", "127.0.0.1", "sender/1.0"), (Text(http, "method"), Text(http, "path"), Text(http, "sourceIp"), Text(http, "userAgent")));
        Assert.NotEqual(Guid.Empty, id);
    }

    [Fact]
    public async Task Bytes_GoInAndOutAsBase64()
    {
        var (_, url) = await PublicAsync(
            "exports.handler = (e) => ({ statusCode: 201, headers: { 'content-type': 'image/png' }, body: Buffer.from(e.body, 'base64').reverse().toString('base64'), isBase64Encoded: e.isBase64Encoded })");
        using var content = new ByteArrayContent([0xff, 0, 1, 2]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");

        using var answer = await app.Anonymous.PostAsync(url, content);

        Assert.Equal((HttpStatusCode.Created, "image/png"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        Assert.Equal([2, 1, 0, 0xff], await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Page_OnThePlatformsHost_SharesNothingWithIt()
    {
        var (_, url) = await PublicAsync(
            "exports.handler = () => ({ statusCode: 200, headers: { 'Content-Type': 'text/html', 'Set-Cookie': 'a=b', 'Content-Security-Policy': 'default-src *', 'X-Own': 'yes', 'Connection': 'close' }, cookies: ['c=d'], body: '<p>hi</p>' })");

        using var answer = await app.Anonymous.GetAsync(url);

        Assert.Equal("<p>hi</p>", await answer.Content.ReadAsStringAsync());
        Assert.False(answer.Headers.Contains("Set-Cookie"));
        Assert.StartsWith("sandbox", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.Equal("yes", answer.Headers.GetValues("X-Own").Single());
        Assert.NotEqual(true, answer.Headers.ConnectionClose);
    }

    [Theory]
    [InlineData("'text'", 200, "\"text\"")]
    [InlineData("undefined", 200, "null")]
    [InlineData("({ a: [1] })", 200, """{"a":[1]}""")]
    [InlineData("({ statusCode: 404, body: 'none' })", 404, "none")]
    [InlineData("({ statusCode: 200, body: { a: 1 } })", 200, """{"a":1}""")]
    [InlineData("({ statusCode: 204, body: 'not sent' })", 204, "")]
    [InlineData("({ statusCode: 302, headers: { location: 'https://example.com/' } })", 302, "")]
    public async Task Result_IsTheAnswer(string result, int status, string body)
    {
        var (_, url) = await PublicAsync($"exports.handler = () => {result}");
        using var answer = await app.Anonymous.GetAsync(url);
        Assert.Equal((status, body), ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Theory]
    [InlineData("({ statusCode: 'x' })", "statusCode")]
    [InlineData("({ statusCode: 99 })", "statusCode")]
    [InlineData("({ statusCode: 600 })", "statusCode")]
    [InlineData("({ statusCode: 200, headers: [1] })", "headers")]
    [InlineData("({ statusCode: 200, headers: { 'a b': '1' } })", "headers")]
    [InlineData("({ statusCode: 200, headers: { a: 'x\\r\\nInjected: 1' } })", "headers")]
    [InlineData("({ statusCode: 200, cookies: 'a' })", "cookies")]
    [InlineData("({ statusCode: 200, body: '%%', isBase64Encoded: true })", "body")]
    public async Task Result_ThatIsNoResponse_Is502(string result, string what)
    {
        var (_, url) = await PublicAsync($"exports.handler = () => {result}");
        var refused = await GetAsync(url);
        Assert.Equal((502, "function_error"), refused.Refusal);
        Assert.Contains(what, refused.Body.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failure_TellsStrangersNothingOfTheCode()
    {
        var (id, url) = await PublicAsync("exports.handler = () => { console.log('printed'); throw new Error('inner words') }");
        var refused = await GetAsync(url);
        Assert.Equal((502, "function_error"), refused.Refusal);
        Assert.DoesNotContain("inner words", refused.Body.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("printed", refused.Body.ToString(), StringComparison.Ordinal);
        var kept = (await _client!.LogsAsync(id)).Ok().Data[0];
        Assert.Equal(("error", "invoke", JsonValueKind.Null), (Text(kept, "status"), Text(kept, "trigger"), kept.GetProperty("callerId").ValueKind));
    }

    [Fact]
    public async Task Key_IsNeededShownOnceAndReplaceable()
    {
        var client = await FunctionClient.StartAsync(app);
        var id = await client.ServingAsync(Echo);
        var made = (await client.PublishAsync(id, new { access = "key" })).Ok().Data;
        var (path, key) = (Text(made, "path"), Text(made, "key")!);

        Assert.Equal((401, "key_required"), (await GetAsync(path)).Refusal);
        Assert.Equal((401, "key_required"), (await GetAsync($"{path}?code={key}x")).Refusal);
        Assert.Equal((401, "key_required"), (await GetAsync($"{path}?code={new string('é', 200)}")).Refusal);
        var byQuery = (await GetAsync($"{path}/p?code={key}&a=1")).Body;
        Assert.Equal(("a=1", "/p"), (Text(byQuery, "rawQueryString"), Text(byQuery, "rawPath")));
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}?code=mine");
        request.Headers.Add("x-functions-key", key);
        using var byHeader = await app.Anonymous.SendAsync(request);
        var seen = await byHeader.Content.ReadAsStringAsync();
        Assert.Contains("\"code\":\"mine\"", seen, StringComparison.Ordinal);
        Assert.DoesNotContain(key, seen, StringComparison.Ordinal);

        var shown = (await client.GetAsync(id)).Ok().Data.GetProperty("url");
        Assert.Equal(("key", key[..8], false), (Text(shown, "access"), Text(shown, "keyPreview"), shown.TryGetProperty("key", out _)));
        Assert.False((await client.PublishAsync(id, new { access = "key" })).Ok().Data.TryGetProperty("key", out _)); // nothing to change

        var next = Text((await client.PublishAsync(id, new { access = "key", newKey = true })).Ok().Data, "key");
        Assert.Equal((401, "key_required"), (await GetAsync($"{path}?code={key}")).Refusal);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync($"{path}?code={next}")).Status);
        Assert.Equal(400, (int)(await client.PublishAsync(id, new { access = "public", newKey = true })).Status);
    }

    [Fact]
    public async Task NoUrl_IsNotFound()
    {
        var (id, url) = await PublicAsync(Echo);
        Assert.Equal(JsonValueKind.Null, (await _client!.UnpublishAsync(id)).Ok().Data.GetProperty("url").ValueKind);

        Assert.Equal((404, "not_found"), (await GetAsync(url)).Refusal);
        Assert.Equal((404, "not_found"), (await GetAsync($"/fn/{Guid.CreateVersion7()}")).Refusal);
        Assert.Equal((404, "not_found"), (await GetAsync("/fn/moon")).Refusal);
    }

    [Fact]
    public async Task Url_OfAnotherTenant_CannotBeChanged()
    {
        var (id, _) = await PublicAsync(Echo);
        var stranger = await FunctionClient.StartAsync(app);
        Assert.Equal((404, "not_found"), (await stranger.PublishAsync(id, new { access = "public" })).Refusal);
        Assert.Equal((404, "not_found"), (await stranger.UnpublishAsync(id)).Refusal);
    }

    [Fact]
    public async Task Switched_OffOrSuspended_RefusesCalls()
    {
        var (id, url) = await PublicAsync(Echo);
        (await _client!.ToggleAsync(id, new { enabled = false })).Ok();
        Assert.Equal((409, "function_disabled"), (await GetAsync(url)).Refusal);
        (await _client.ToggleAsync(id, new { enabled = true })).Ok();

        await app.AskAsync(async db =>
        {
            var function = await db.UserFunctions.IgnoreQueryFilters().SingleAsync(row => row.Id == id);
            var organization = await db.Organizations.IgnoreQueryFilters().SingleAsync(row => row.Id == function.OrganizationId);
            organization.Suspend(suspended: true, DateTimeOffset.UtcNow);
            return await db.SaveChangesAsync();
        });
        await Until.TrueAsync(async () => (await GetAsync(url)).Status != HttpStatusCode.OK, "the suspension is known");
        Assert.Equal((403, "organization_suspended"), (await GetAsync(url)).Refusal);
    }

    [Fact]
    public async Task TooLarge_Is413AndNotRun()
    {
        var (id, url) = await PublicAsync(Echo);
        using var content = new ByteArrayContent(new byte[(6 * 1024 * 1024) + 1]);
        using var answer = await app.Anonymous.PostAsync(url, content);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Empty((await _client!.LogsAsync(id, "?trigger=invoke")).Ok().Data.EnumerateArray());
    }

    [Fact]
    public async Task Domain_IsTheFunctionsOwnHost()
    {
        var (id, _) = await PublicAsync("exports.handler = (e) => ({ statusCode: 200, cookies: ['seen=1'], headers: { 'content-type': 'text/html', 'x-cookie': (e.cookies || []).join() }, body: `${e.requestContext.domainName}${e.rawPath}` })");
        var name = $"f{Guid.CreateVersion7():N}.example.com";
        await VerifiedAsync(name, id);
        await KnownAsync(name);

        foreach (var path in (string[])["/", "/api/functions", "/health?x=1"])
        {
            using var answer = await AtAsync(name, path);
            Assert.Equal($"{name}{path.Split('?')[0]}", await answer.Content.ReadAsStringAsync());
            Assert.Equal(("seen=1", "a=b"), (answer.Headers.GetValues("Set-Cookie").Single(), answer.Headers.GetValues("x-cookie").Single()));
            Assert.False(answer.Headers.Contains("Content-Security-Policy"));
        }

        using var other = await AtAsync($"x.{name}", "/moon");
        Assert.Equal(HttpStatusCode.NotFound, other.StatusCode);
        Assert.Equal((409, "in_use"), (await _client!.DeleteAsync(id)).Refusal);
        (await _client.DeleteAsync(id, "?force=true")).Ok();
        await Until.TrueAsync(async () => (await AtAsync(name, "/moon")).StatusCode == HttpStatusCode.NotFound, "the domain leads nowhere");
        Assert.Null(await app.AskAsync(db => db.Domains.IgnoreQueryFilters().Where(domain => domain.Name == name).Select(domain => domain.TargetType).SingleAsync()));
    }

    [Fact]
    public async Task Domain_ThatRedirects_KeepsPathAndMethod()
    {
        var (id, _) = await PublicAsync(Echo);
        var (name, former) = ($"f{Guid.CreateVersion7():N}.example.com", $"*.g{Guid.CreateVersion7():N}.example.com");
        await VerifiedAsync(name, id);
        await VerifiedAsync(former, null, redirectTo: name);
        await KnownAsync(former.Replace("*", "www", StringComparison.Ordinal));

        using var answer = await AtAsync(former.Replace("*", "www", StringComparison.Ordinal), "/a%20b?c=d", HttpMethod.Post);

        Assert.Equal(HttpStatusCode.PermanentRedirect, answer.StatusCode);
        Assert.EndsWith("/a%20b?c=d", answer.Headers.Location?.OriginalString, StringComparison.Ordinal);
        Assert.Equal(name, answer.Headers.Location?.Host);
    }

    [Fact]
    public async Task Curl_CallsIt()
    {
        var (_, url) = await PublicAsync("exports.handler = (e) => ({ statusCode: 202, headers: { 'content-type': 'text/plain' }, body: `${e.requestContext.http.method} ${e.body}` })");
        var address = new Uri(app.BaseAddress, url).ToString();
        Assert.Equal("POST event=push 202", await Curl.RunAsync("-w", " %{http_code}", "-d", "event=push", address));
        Assert.StartsWith("HTTP/1.1 202", await Curl.RunAsync("-I", address), StringComparison.Ordinal);
    }

    private FunctionClient? _client;

    private async Task<(Guid Id, string Url)> PublicAsync(string code)
    {
        _client = await FunctionClient.StartAsync(app);
        var id = await _client.ServingAsync(code);
        return (id, Text((await _client.PublishAsync(id, new { access = "public" })).Ok().Data, "path")!);
    }

    // How a domain comes to be verified is the matter of its own tests.
    private Task<int> VerifiedAsync(string name, Guid? function, string? redirectTo = null) => app.AskAsync(async db =>
    {
        var owner = await db.UserFunctions.IgnoreQueryFilters().Where(row => row.ProjectId == _client!.Project).FirstAsync();
        var now = DateTimeOffset.UtcNow;
        var domain = new Domain
        {
            Id = Guid.CreateVersion7(),
            OrganizationId = owner.OrganizationId,
            ProjectId = owner.ProjectId,
            Name = name,
            RedirectTo = redirectTo,
            Challenge = "0",
            PendingSince = now,
            NextCheckAt = null,
            CreatedAt = now,
            Version = 1,
        };
        domain.Lead(function is { } id ? new DomainTarget(DomainTargetType.Function, id, null) : null);
        domain.Confirm(now);
        db.Add(domain);
        return await db.SaveChangesAsync();
    });

    private Task KnownAsync(string host) => Until.TrueAsync(async () => (await AtAsync(host, "/moon")).StatusCode != HttpStatusCode.NotFound, "the domain is known");

    private async Task<HttpResponseMessage> AtAsync(string host, string path, HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? HttpMethod.Get, path);
        request.Headers.Host = host;
        request.Headers.Add("Cookie", "a=b");
        return await app.Anonymous.SendAsync(request);
    }

    private async Task<Answer> GetAsync(string? url)
    {
        using var answer = await app.Anonymous.GetAsync(url);
        return new Answer(answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}

public sealed class FunctionUrlOnSqliteTests(SqliteApp fixture) : FunctionUrlTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class FunctionUrlOnPostgresTests(PostgresApp fixture) : FunctionUrlTests(fixture.App), IClassFixture<PostgresApp>;
