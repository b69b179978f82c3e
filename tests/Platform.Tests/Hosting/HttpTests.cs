using System.Net;
using Microsoft.AspNetCore.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class HttpTests : IAsyncLifetime
{
    private TestHost _host = null!;

    public async Task InitializeAsync() => _host = await TestHost.StartAsync([typeof(Greetings)]);

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("/greet/ada", "literal")]
    [InlineData("/greet/ada/", "literal")]
    [InlineData("/greet/bob", "bob")]
    [InlineData("/greet/7", "number 7")]
    [InlineData("/elsewhere/deep", "fallback GET elsewhere/deep")]
    [InlineData("/", "fallback GET ")]
    public async Task Route_SeveralMatch_MostSpecificWins(string path, string answer) => Assert.Equal(answer, await _host.Client.GetStringAsync(path));

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
    }
}
