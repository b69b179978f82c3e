using System.Net;
using EmbeddedFunctions.Http;
using EmbeddedFunctions.Storage;
using EmbeddedFunctions.Worker.Middleware;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class HttpTests : IAsyncLifetime
{
    private readonly HttpLog _log = new();
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync([typeof(Greetings), typeof(Scoped)], builder =>
    {
        builder.UseMiddleware<Gate>();
        builder.UseWhen<Stamp>(context => context.FunctionDefinition.Name == "Scoped_Get");
        builder.Services.AddSingleton(_log).AddScoped<Unit>();
    });

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/greet/ada", "literal")]
    [InlineData("/greet/ada/", "literal")]
    [InlineData("/GREET/ada", "literal")]
    [InlineData("/greet/bob", "bob")]
    [InlineData("/greet/7", "number 7")]
    [InlineData("/elsewhere/deep", "fallback GET elsewhere/deep")]
    [InlineData("/", "fallback GET ")]
    public async Task Route_SeveralMatch_MostSpecificWins(string path, string answer) => Assert.Equal(answer, await _host.Client.GetStringAsync(path));

    [Fact]
    public async Task Route_MethodNotServed_ReachesTheFallback()
    {
        var answer = await _host.Client.DeleteAsync("/greet/ada");
        Assert.Equal("fallback DELETE greet/ada", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("/values/6f9619ff-8b86-d011-b42d-00cf4fc964ff/12345678901/true/Two", "6f9619ff-8b86-d011-b42d-00cf4fc964ff 12345678901 True Two ")]
    [InlineData("/values/6f9619ff-8b86-d011-b42d-00cf4fc964ff/-1/false/one/5", "6f9619ff-8b86-d011-b42d-00cf4fc964ff -1 False One 5")]
    public async Task RouteValues_Typed_BindByName(string path, string answer) => Assert.Equal(answer, await _host.Client.GetStringAsync(path));

    [Fact]
    public async Task RouteValue_NotParsable_FailsInsideTheMiddleware()
    {
        var answer = await _host.Client.GetAsync("/values/nonsense/1/true/One");
        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("FunctionInputConverterException", Assert.Single(_log.Failures));
    }

    [Fact]
    public async Task Function_Throws_Answers500WithoutDetails()
    {
        var answer = await _host.Client.GetAsync("/throw");
        Assert.Equal((HttpStatusCode.InternalServerError, ""), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Function_ReturnsPlainObject_Answers500() => Assert.Equal(HttpStatusCode.InternalServerError, (await _host.Client.GetAsync("/plain")).StatusCode);

    [Fact]
    public async Task Function_WritesItself_AnswerIsLeftAlone() => Assert.Equal("written", await _host.Client.GetStringAsync("/write"));

    [Fact]
    public async Task Middleware_DoesNotCallNext_FunctionIsSkipped()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/write");
        request.Headers.Add("x-stop", "1");
        var answer = await _host.Client.SendAsync(request);
        Assert.Equal((HttpStatusCode.Conflict, "stopped"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Middleware_TakesTheResult_NothingIsWrittenTwice()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/greet/ada");
        request.Headers.Add("x-take", "1");
        Assert.Equal("taken True", await (await _host.Client.SendAsync(request)).Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Instance_PerInvocation_SharesTheScopeWithMiddlewareAndIsDisposed()
    {
        var first = await _host.Client.GetStringAsync("/scoped");
        var second = await _host.Client.GetStringAsync("/scoped");

        Assert.StartsWith("same ", first, StringComparison.Ordinal);
        Assert.NotEqual(first, second);
        await Until.TrueAsync(() => _log is { Instances: 2, Units: 2 }, "disposal of both instances and scopes");
    }

    [Theory]
    [InlineData("/admin/anything")]
    [InlineData("/admin")]
    [InlineData("/runtime/webhooks/durabletask/unknown")]
    public async Task HostsOwnPaths_NothingThere_Answer404Json(string path)
    {
        var answer = await _host.Client.GetAsync(path);
        Assert.Equal((HttpStatusCode.NotFound, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
    }

    [Fact]
    public async Task Keys_PerLevel_OpenWhatTheyShould()
    {
        Assert.Equal(401, await StatusAsync("/guarded", null));
        Assert.Equal(401, await StatusAsync("/guarded", "wrong")); // makes the keys
        var keys = await _host.Services.GetRequiredService<KeyStore>().EnsureAsync([]);
        string Key(string scope, string name) => keys.Single(k => k.Scope == scope && k.Name == name).Value;

        Assert.Equal(200, await StatusAsync("/guarded", Key(HostKeys.FunctionScope("Guarded"), "default")));
        Assert.Equal(200, await StatusAsync("/guarded", Key("host", "default")));
        Assert.Equal(401, await StatusAsync("/guarded", Key(HostKeys.FunctionScope("Guarded_Too"), "default")));
        Assert.Equal(401, await StatusAsync("/guarded", Key("system", "default")));
        Assert.Equal(401, await StatusAsync("/chiefs", Key("host", "default")));
        Assert.Equal(200, await StatusAsync("/chiefs", Key("host", "_master")));
        Assert.Equal(HttpStatusCode.OK, (await _host.Client.GetAsync($"/guarded?code={Key("host", "default")}")).StatusCode);
    }

    private async Task<int> StatusAsync(string path, string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (key is not null)
            request.Headers.Add("x-functions-key", key);
        return (int)(await _host.Client.SendAsync(request)).StatusCode;
    }

    public sealed class Gate(HttpLog log) : IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            var http = context.GetHttpContext()!;
            if (http.Request.Headers.ContainsKey("x-stop"))
            {
                http.Response.StatusCode = StatusCodes.Status409Conflict;
                await http.Response.WriteAsync("stopped");
                return;
            }

            try
            {
                await next(context);
            }
            catch (Exception e)
            {
                log.Failures.Add(e.GetType().Name);
                throw;
            }

            if (!http.Request.Headers.ContainsKey("x-take"))
                return;
            var result = context.GetInvocationResult();
            await http.Response.WriteAsync($"taken {result.Value is IResult}");
            result.Value = null;
        }
    }

    public sealed class Stamp : IFunctionsWorkerMiddleware
    {
        public Task Invoke(FunctionContext context, FunctionExecutionDelegate next)
        {
            context.Items["unit"] = context.InstanceServices.GetRequiredService<Unit>();
            return next(context);
        }
    }

    public sealed class HttpLog
    {
        public List<string> Failures { get; } = [];

        public int Instances { get; set; }

        public int Units { get; set; }
    }

    public sealed class Unit(HttpLog log) : IDisposable
    {
        public Guid Id { get; } = Guid.NewGuid();

        public void Dispose() => log.Units++;
    }
}

public enum Size
{
    One = 1,
    Two = 2,
}

public static class Greetings
{
    [Function("Greet_Ada")]
    public static IResult Ada([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greet/ada")] HttpRequest request) => Results.Text("literal");

    [Function("Greet_Name")]
    public static Task<IResult> NameAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greet/{name}")] HttpRequest request, string name) => Task.FromResult(Results.Text(name));

    [Function("Greet_Number")]
    public static async Task<IResult> NumberAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "greet/{number:int}")] HttpRequest request, int number)
    {
        await Task.Yield();
        return Results.Text($"number {number}");
    }

    [Function("Fallback")]
    public static IResult Fallback([HttpTrigger(AuthorizationLevel.Anonymous, Route = "{*path}")] HttpRequest request, string? path) => Results.Text($"fallback {request.Method} {path}");

    [Function("Values")]
    public static IResult Values(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "values/{id}/{number}/{yes}/{size}/{more?}")] HttpRequest request, Guid id, long number, bool yes, Size size, int? more) =>
        Results.Text($"{id} {number} {yes} {size} {more}");

    [Function("Throw")]
    public static IResult Throw([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => throw new InvalidOperationException("secret");

    [Function("Plain")]
    public static object Plain([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request) => new { Secret = 1 };

    [Function("Write")]
    public static ValueTask WriteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest request, CancellationToken ct) => new(request.HttpContext.Response.WriteAsync("written", ct));

    [Function("Guarded")]
    public static IResult Guarded([HttpTrigger("get")] HttpRequest request) => Results.Ok();

    [Function("Guarded_Too")]
    public static IResult GuardedToo([HttpTrigger(AuthorizationLevel.Function, "get")] HttpRequest request) => Results.Ok();

    [Function("Chiefs")]
    public static IResult Admins([HttpTrigger(AuthorizationLevel.Admin, "get")] HttpRequest request) => Results.Ok();
}

public sealed class Scoped(HttpTests.Unit unit, HttpTests.HttpLog log) : IDisposable
{
    [Function("Scoped_Get")]
    public IResult Get([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "scoped")] HttpRequest request, FunctionContext context) =>
        Results.Text($"{(ReferenceEquals(context.Items["unit"], unit) ? "same" : "other")} {unit.Id}");

    public void Dispose() => log.Instances++;
}
