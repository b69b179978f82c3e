using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Platform.Functions.Documentation;
using Platform.Functions.Http;

namespace Platform.Tests.Documentation;

/// <summary>The pages as the browser and programs get them, without a server.</summary>
public sealed class PagesTests
{
    private static readonly OperationCatalog Catalog = OperationCatalog.FromAssemblies(typeof(OpenApiBuilder).Assembly);

    [Theory]
    [InlineData("", "text/html; charset=utf-8")]
    [InlineData("index.html", "text/html; charset=utf-8")]
    [InlineData("start.js", "text/javascript; charset=utf-8")]
    [InlineData("swagger-ui.css", "text/css; charset=utf-8")]
    [InlineData("swagger-ui-bundle.js", "text/javascript; charset=utf-8")]
    [InlineData("favicon-32x32.png", "image/png")]
    public async Task SwaggerFiles_Known_AreServedPlainAndCompressedAlike(string name, string contentType)
    {
        var file = new SwaggerFiles().Find(name)!;

        var plain = await ExecuteAsync(file);
        var packed = await ExecuteAsync(file, request => request.Headers.AcceptEncoding = "br, gzip");

        Assert.Equal(contentType, plain.Headers.ContentType);
        Assert.Equal("gzip", packed.Headers.ContentEncoding);
        await using var gzip = new GZipStream(packed.Body, CompressionMode.Decompress);
        var unpacked = new MemoryStream();
        await gzip.CopyToAsync(unpacked);
        Assert.Equal(((MemoryStream)plain.Body).ToArray(), unpacked.ToArray());
        Assert.NotEqual(plain.Headers.ETag.ToString(), packed.Headers.ETag.ToString());
    }

    [Theory]
    [InlineData("../appsettings.json")]
    [InlineData("..%2f..%2fetc/passwd")]
    [InlineData("..\\index.html")]
    [InlineData("INDEX.HTML")]
    [InlineData("swagger-ui.js.map")]
    [InlineData("/index.html")]
    public void SwaggerFiles_Unknown_AreNotFound(string name) => Assert.Null(new SwaggerFiles().Find(name));

    [Fact]
    public async Task SwaggerPage_AllItNames_IsServedAndAllowedByItsPolicy()
    {
        var files = new SwaggerFiles();
        var page = await ExecuteAsync(files.Find("")!);
        var html = Encoding.UTF8.GetString(((MemoryStream)page.Body).ToArray());

        foreach (System.Text.RegularExpressions.Match match in System.Text.RegularExpressions.Regex.Matches(html, "(?:src|href)=\"([^\"]+)\""))
            Assert.NotNull(files.Find(match.Groups[1].Value));
        Assert.DoesNotContain("<script>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("://", html, StringComparison.Ordinal);
        Assert.Contains("script-src 'self'", page.Headers.ContentSecurityPolicy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_KnownETag_Is304WithoutBody()
    {
        var answer = new ApiDescription(Catalog, new Summaries()).Answer;
        var first = await ExecuteAsync(answer);

        var second = await ExecuteAsync(answer, request => request.Headers.IfNoneMatch = $"\"other\", {first.Headers.ETag}");

        Assert.DoesNotContain("W/", first.Headers.ETag.ToString(), StringComparison.Ordinal);
        Assert.Equal(StatusCodes.Status304NotModified, second.StatusCode);
        Assert.Equal(0, second.Body.Length);
    }

    [Theory]
    [InlineData(null, false)]
    [InlineData("*/*", false)]
    [InlineData("application/json", false)]
    [InlineData("application/json, text/html;q=0.5", false)]
    [InlineData("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true)]
    public async Task RootPage_ByAccept_IsAPageOrTheCard(string? accept, bool isHtml)
    {
        var context = Context(request => request.Headers.Accept = accept);
        await new RootPage(Catalog).Answer(context.Request).ExecuteAsync(context);

        var text = Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray());
        Assert.Equal(isHtml, context.Response.ContentType!.StartsWith("text/html", StringComparison.Ordinal));
        if (isHtml)
        {
            Assert.DoesNotContain("{{", text, StringComparison.Ordinal);
            Assert.Contains("curl -s http://platform.test/api/v1/execute", text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(["name", "version", "docs", "openapi"], JsonDocument.Parse(text).RootElement.EnumerateObject().Select(member => member.Name));
        }
    }

    [Fact]
    public async Task RootPage_HostWithMarkup_IsEscaped()
    {
        var context = Context(request =>
        {
            request.Headers.Accept = "text/html";
            request.Host = new HostString("<script>alert(1)</script>");
        });
        await new RootPage(Catalog).Answer(context.Request).ExecuteAsync(context);

        Assert.DoesNotContain("<script", Encoding.UTF8.GetString(((MemoryStream)context.Response.Body).ToArray()), StringComparison.Ordinal);
    }

    private static async Task<HttpResponse> ExecuteAsync(CachedAnswer result, Action<HttpRequest>? configure = null)
    {
        var context = Context(configure);
        await result.ExecuteAsync(context);
        context.Response.Body.Position = 0;
        return context.Response;
    }

    private static DefaultHttpContext Context(Action<HttpRequest>? configure)
    {
        var context = new DefaultHttpContext { RequestServices = new ServiceCollection().AddLogging().BuildServiceProvider() };
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("platform.test");
        context.Request.Method = "GET";
        context.Response.Body = new MemoryStream();
        configure?.Invoke(context.Request);
        return context;
    }
}
