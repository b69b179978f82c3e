using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Documentation;

/// <summary>Root page, document and viewer through the whole app.</summary>
public sealed class DocumentationTests : IAsyncLifetime
{
    private PlatformApp _app = null!;

    public async Task InitializeAsync() => _app = await PlatformApp.StartAsync();

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task Root_ProgramAndBrowser_GetCardAndPage()
    {
        using var card = await _app.Anonymous.GetAsync("/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Accept", "text/html,*/*;q=0.8");
        using var page = await _app.Anonymous.SendAsync(request);

        Assert.Equal("Platform", (await card.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("name").GetString());
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.StartsWith("default-src 'none'", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Contains(_app.BaseAddress.Authority, await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Root_WrongMethod_Is405WithAllow()
    {
        using var answer = await _app.Anonymous.PostAsync("/", null);

        Assert.Equal(HttpStatusCode.MethodNotAllowed, answer.StatusCode);
        Assert.Contains("GET", answer.Content.Headers.Allow);
    }

    [Fact]
    public async Task OpenApi_AskedTwice_Is304TheSecondTime()
    {
        using var first = await _app.Anonymous.GetAsync("/api-docs/openapi.json");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api-docs/openapi.json");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await _app.Anonymous.SendAsync(request);

        Assert.Equal("3.1", (await first.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("openapi").GetString()![..3]);
        Assert.False(first.Headers.ETag!.IsWeak);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Fact]
    public async Task Swagger_WithoutSlash_RedirectsToThePage()
    {
        using var redirect = await _app.Anonymous.GetAsync("/swagger-ui");
        using var page = await _app.Anonymous.GetAsync("/swagger-ui/");
        using var script = await _app.Anonymous.GetAsync("/swagger-ui/swagger-ui-bundle.js");

        Assert.Equal(HttpStatusCode.MovedPermanently, redirect.StatusCode);
        Assert.Equal("/swagger-ui/", redirect.Headers.Location!.OriginalString);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Contains("script-src 'self'", Header(page, "Content-Security-Policy"), StringComparison.Ordinal);
        Assert.True(script.Content.Headers.ContentLength > 100_000);
        Assert.Equal("public, max-age=3600", Header(script, "Cache-Control"));
    }

    [Theory]
    [InlineData("/swagger-ui/nothing.js")]
    [InlineData("/swagger-ui/..%2f..%2fetc%2fpasswd")]
    [InlineData("/swagger-ui/%2e%2e/index.html")]
    [InlineData("/swagger-ui/..%5cindex.html")]
    public async Task Swagger_UnknownFile_Is404InTheFamilysForm(string path)
    {
        using var answer = await _app.Anonymous.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("not_found", (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error").GetString());
    }

    private static string Header(HttpResponseMessage answer, string name) => string.Join(", ", answer.Headers.GetValues(name));
}
