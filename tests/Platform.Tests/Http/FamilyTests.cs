using System.Net;

using Platform.Tests.Fixtures;

namespace Platform.Tests.Http;

/// <summary>The same outcome in the words of each family.</summary>
public sealed class FamilyTests(ProbeApp probes) : IClassFixture<ProbeApp>
{
    private const string Good = """{"word":"ab","number":1}""";

    [Theory]
    [InlineData("/api/v1/probe", 401, """{"detail":"Not authenticated"}""")]
    [InlineData("/api/builds/probe", 401, """{"success":false,"error":"Not authenticated","code":"unauthenticated","timestamp":"*","requestId":"*"}""")]
    [InlineData("/api/tests/probe", 401, """{"error":"Authentication required"}""")]
    [InlineData("/api/tasks/probe", 401, """{"error":"Unauthorized"}""")]
    [InlineData("/models/probe", 401, """{"error":"unauthorized","message":"session_invalid_or_expired"}""")]
    [InlineData("/v1/probe", 401, """{"error":{"message":"Not authenticated","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""")]
    public async Task Anonymous_Is401(string path, int status, string body)
    {
        var answer = await probes.App.Anonymous.PostAsync(path, new StringContent(Good));
        await AssertAsync(answer, status, body);
        Assert.Equal("Bearer", answer.Headers.WwwAuthenticate.ToString());
    }

    [Theory]
    [InlineData("/api/v1/probe", 422, """{"detail":[{"loc":["body"],"msg":"JSON decode error","type":"json_invalid"}]}""")]
    [InlineData("/api/builds/probe", 400, """{"success":false,"error":"JSON decode error","code":"invalid_json","details":[{"field":"body","message":"JSON decode error"}],"timestamp":"*","requestId":"*"}""")]
    [InlineData("/api/tests/probe", 400, """{"error":"Invalid JSON in request body"}""")]
    [InlineData("/api/tasks/probe", 400, """{"error":"Invalid JSON body","code":"invalid_json","details":[{"field":"body","message":"JSON decode error"}]}""")]
    [InlineData("/models/probe", 400, """{"error":"invalid_json","message":"JSON decode error"}""")]
    [InlineData("/v1/probe", 400, """{"error":{"message":"JSON decode error","type":"invalid_request_error","param":null,"code":"invalid_json"}}""")]
    public async Task Malformed_IsRefused(string path, int status, string body) => await AssertAsync(await probes.PostAsync(path, "{"), status, body);

    [Theory]
    [InlineData("/api/builds/probe", 400, """{"success":false,"error":"Field required","code":"validation_failed","details":[{"field":"word","message":"Field required"}],"timestamp":"*","requestId":"*"}""")]
    [InlineData("/api/tests/probe", 400, """{"error":"Field required"}""")]
    [InlineData("/api/tasks/probe", 400, """{"error":"Validation failed","code":"validation_failed","details":[{"field":"word","message":"Field required"}]}""")]
    [InlineData("/models/probe", 400, """{"error":"invalid_request","message":"word_required"}""")]
    [InlineData("/v1/probe", 400, """{"error":{"message":"Field required","type":"invalid_request_error","param":"word","code":"missing_required_parameter"}}""")]
    public async Task MissingField_IsNamed(string path, int status, string body) => await AssertAsync(await probes.PostAsync(path, """{"number":1}"""), status, body);

    [Theory]
    [InlineData("/api/v1/probe", """{"detail":"Internal server error"}""")]
    [InlineData("/api/builds/probe", """{"success":false,"error":"Internal server error","code":"internal_error","timestamp":"*","requestId":"*"}""")]
    [InlineData("/api/tests/probe", """{"error":"Internal server error"}""")]
    [InlineData("/api/tasks/probe", """{"error":"Internal server error","code":"internal_error"}""")]
    [InlineData("/models/probe", """{"error":"internal_error","message":"Internal server error"}""")]
    [InlineData("/v1/probe", """{"error":{"message":"Internal server error","type":"server_error","param":null,"code":"internal_error"}}""")]
    public async Task Fault_LeaksNothing(string path, string body) => await AssertAsync(await probes.PostAsync(path, """{"word":"crash","number":1}"""), 500, body);

    [Theory]
    [InlineData("/api/builds/probe", 201, """{"success":true,"data":{"wordOfMine":"ab","number":1,"colour":"green","at":null},"timestamp":"*","requestId":"*"}""")]
    [InlineData("/api/tests/probe", 200, """{"wordOfMine":"ab","number":1,"colour":"green","at":null}""")]
    [InlineData("/api/tasks/probe", 200, """{"wordOfMine":"ab","number":1,"colour":"green","at":null}""")]
    [InlineData("/models/probe", 200, """{"word_of_mine":"ab","number":1,"colour":"green","at":null}""")]
    public async Task Good_HasTheFamilysForm(string path, int status, string body) =>
        await AssertAsync(await probes.PostAsync(path, """{"word":"ab","number":1,"colour":"green"}"""), status, body);

    [Fact]
    public async Task List_OfDelivery_HasPagingBesideTheData() => await AssertAsync(
        await probes.User.Client.GetAsync("/api/builds/probe"), 200, """{"success":true,"data":["a","b"],"total":7,"limit":2,"offset":4,"timestamp":"*","requestId":"*"}""");

    [Theory]
    [InlineData("/api/v1/nothing", """{"detail":"Not Found"}""")]
    [InlineData("/health/nothing", """{"detail":"Not Found"}""")]
    [InlineData("/api/databases/x/y", """{"success":false,"error":"Not Found","code":"not_found","timestamp":"*","requestId":"*"}""")]
    [InlineData("/api/jobs/x/y/z", """{"error":"Not found"}""")]
    [InlineData("/api/sandboxes/x/y/z", """{"error":"Not found","code":"not_found"}""")]
    [InlineData("/nothing", """{"error":"not_found","message":"route_not_found"}""")]
    [InlineData("/v1/nothing", """{"error":{"message":"Not Found","type":"invalid_request_error","param":null,"code":"not_found"}}""")]
    public async Task UnknownRoute_Is404InTheFormOfItsPath(string path, string body) => await AssertAsync(await probes.App.Anonymous.GetAsync(path), 404, body);

    [Theory]
    [InlineData("PUT", "/api/v1/auth/me", "GET")]
    [InlineData("GET", "/api/v1/probe/", "POST")]
    [InlineData("DELETE", "/api/builds/probe", "GET, POST")]
    [InlineData("OPTIONS", "/api/v1/auth/login", "POST")]
    public async Task OtherMethod_Is405WithAllow(string method, string path, string allow)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        var answer = await probes.App.Anonymous.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Equal(allow, string.Join(", ", answer.Content.Headers.Allow));
    }

    [Fact]
    public async Task EveryAnswer_CarriesSecurityHeadersAndCorrelation()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/auth/me");
        request.Headers.Add("X-Correlation-ID", "order 66");
        var answer = await probes.App.Anonymous.SendAsync(request);

        Assert.Equal("order 66", answer.Headers.GetValues("X-Correlation-ID").Single());
        Assert.Equal("nosniff", answer.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", answer.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("default-src 'self'; frame-ancestors 'none'", answer.Headers.GetValues("Content-Security-Policy").Single());
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task BadCorrelationId_IsReplaced()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/auth/me");
        request.Headers.TryAddWithoutValidation("X-Correlation-ID", new string('x', 129));
        request.Headers.Add("X-Request-ID", "from-elsewhere");
        var answer = await probes.App.Anonymous.SendAsync(request);
        Assert.Equal("from-elsewhere", answer.Headers.GetValues("X-Correlation-ID").Single());
    }

    [Fact]
    public async Task Operator_IsAskedForByRole()
    {
        await AssertAsync(await probes.PostAsync("/api/v1/probe/admin", ""), 403, """{"detail":"Admin access required"}""");
        var admin = await probes.App.OperatorAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await admin.Client.PostAsync("/api/v1/probe/admin", null)).StatusCode);
    }

    private static async Task AssertAsync(HttpResponseMessage answer, int status, string expected)
    {
        var text = await answer.Content.ReadAsStringAsync();
        foreach (var name in new[] { "timestamp", "requestId" })
            text = System.Text.RegularExpressions.Regex.Replace(text, $"\"{name}\":\"[^\"]*\"", $"\"{name}\":\"*\"");
        Assert.Equal(expected, text);
        Assert.Equal(status, (int)answer.StatusCode);
    }
}
