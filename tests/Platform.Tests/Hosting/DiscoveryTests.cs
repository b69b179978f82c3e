using System.Reflection;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.DurableTask;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class DiscoveryTests
{
    [Theory]
    [InlineData(typeof(SameNames), "2 functions have this name")]
    [InlineData(typeof(Overloaded), "overloaded")]
    [InlineData(typeof(AsyncVoid), "async void")]
    [InlineData(typeof(NestedInstance), "nested class")]
    [InlineData(typeof(NoTrigger), "no parameter has a trigger attribute")]
    [InlineData(typeof(TwoTriggers), "more than one parameter")]
    [InlineData(typeof(UnknownParameter), "parameter 'name' (String) binds to nothing")]
    [InlineData(typeof(WrongTriggerType), "must be HttpRequest, not HttpContext")]
    [InlineData(typeof(MvcResult), "MVC result")]
    [InlineData(typeof(OrchestratorWithToken), "an orchestrator has its context alone")]
    [InlineData(typeof(RetriedMessage), "retry attributes are for timers")]
    [InlineData(typeof(BadRetry), "hh:mm:ss")]
    [InlineData(typeof(Batched), "an array or list of messages")]
    [InlineData(typeof(BadRoute), "is not valid")]
    public void Discover_FunctionThatCannotRun_SaysWhy(Type type, string reason)
    {
        var refused = Assert.Throws<InvalidOperationException>(() => FunctionDiscovery.Discover([type]));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", false)]
    [InlineData("/", false)]
    [InlineData("admin", false)]
    [InlineData("/Admin/users", false)]
    [InlineData("administration", false)]
    [InlineData("runtime/webhooks", false)]
    [InlineData("runtime/models/x", false)]
    [InlineData("runtime/models", true)]
    [InlineData("api/v1/admin/users", true)]
    [InlineData("{*path}", true)]
    public void Route_HostsOwnPaths_AreRefusedButOne(string route, bool allowed)
    {
        RouteRules.Parse(route, out var problem);
        Assert.Equal(allowed, problem is null);
    }

    [Fact]
    public void Discover_SeveralProblems_ReportsAllAtOnce()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => FunctionDiscovery.Discover([typeof(NoTrigger), typeof(Batched)]));
        Assert.Contains("NoTrigger_Run", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Batched_Run", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_TwoFunctionsWithOneRoute_IsRefused()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => TestHost.StartAsync([typeof(SameRoutes)]));
        Assert.Contains("have the same route: GET /items/", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Find_AppOfTheTests_ContainsTheLibrariesThatNobodyNames()
    {
        var names = FunctionAssemblies.Find("Platform.Functions").Select(a => a.GetName().Name).ToList();
        Assert.Contains("Platform.Functions", names);
        Assert.Contains("Platform.Orchestrations", names);
        Assert.DoesNotContain("Platform.Tests", names);
        Assert.DoesNotContain("EmbeddedFunctions", names);
    }

    [Fact]
    public void App_FunctionsThatDiscoveryDoesNotSee_AreNone()
    {
        const BindingFlags any = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        var assemblies = FunctionAssemblies.Find("Platform.Functions");
        var hidden = assemblies.SelectMany(a => a.GetTypes()).SelectMany(t => t.GetMethods(any)).Where(m => m.IsDefined(typeof(FunctionAttribute)) && !(m.IsPublic && m.DeclaringType!.IsVisible));
        Assert.Equal([], hidden.Select(m => $"{m.DeclaringType}.{m.Name}").ToList());
    }

    public sealed class NestedInstance
    {
        [Function("Nested_Run")]
        public IResult Run([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Results.Ok();
    }
}

public static class SameNames
{
    [Function("Same")]
    public static IResult One([HttpTrigger] HttpRequest request) => Results.Ok();

    [Function("same")]
    public static IResult Two([HttpTrigger(Route = "two")] HttpRequest request) => Results.Ok();
}

public static class Overloaded
{
    [Function("Overloaded_Run")]
    public static IResult Run([HttpTrigger] HttpRequest request) => Run(request, 1);

    public static IResult Run(HttpRequest request, int number) => Results.Ok(number);
}

public static class AsyncVoid
{
#pragma warning disable MA0155, S3168 // the mistake under test
    [Function("AsyncVoid_Run")]
    public static async void Run([HttpTrigger] HttpRequest request) => await Task.Yield();
#pragma warning restore MA0155, S3168
}

public static class NoTrigger
{
    [Function("NoTrigger_Run")]
    public static void Run(HttpRequest request) => request.HttpContext.Abort();
}

public static class TwoTriggers
{
    [Function("TwoTriggers_Run")]
    public static void Run([HttpTrigger] HttpRequest request, [TimerTrigger("* * * * * *")] TimerInfo timer) => request.HttpContext.Abort();
}

public static class UnknownParameter
{
    [Function("UnknownParameter_Run")]
    public static IResult Run([HttpTrigger(Route = "x/{id}")] HttpRequest request, string name) => Results.Ok(name);
}

public static class WrongTriggerType
{
    [Function("WrongTriggerType_Run")]
    public static IResult Run([HttpTrigger] HttpContext http) => Results.Ok();
}

public static class MvcResult
{
    [Function("MvcResult_Run")]
    public static Task<IActionResult> RunAsync([HttpTrigger] HttpRequest request) => Task.FromResult<IActionResult>(new OkResult());
}

public static class OrchestratorWithToken
{
    [Function("OrchestratorWithToken_Run")]
    public static Task RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, CancellationToken ct) => Task.CompletedTask;
}

public static class RetriedMessage
{
    [Function("RetriedMessage_Run")]
    [FixedDelayRetry(3, "00:00:01")]
    public static void Run([ServiceBusTrigger("q")] string body) => GC.KeepAlive(body);
}

public static class BadRetry
{
    [Function("BadRetry_Run")]
    [FixedDelayRetry(3, "soon")]
    public static void Run([TimerTrigger("* * * * * *")] TimerInfo timer) => GC.KeepAlive(timer);
}

public static class Batched
{
    [Function("Batched_Run")]
    public static void Run([ServiceBusTrigger("q", IsBatched = true)] string body) => GC.KeepAlive(body);
}

public static class BadRoute
{
    [Function("BadRoute_Run")]
    public static IResult Run([HttpTrigger(Route = "x/{id")] HttpRequest request) => Results.Ok();
}

public static class SameRoutes
{
    [Function("SameRoutes_One")]
    public static IResult One([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "items/{id}")] HttpRequest request, string id) => Results.Ok(id);

    [Function("SameRoutes_Two")]
    public static IResult Two([HttpTrigger(AuthorizationLevel.Anonymous, "post", "get", Route = "items/{name}")] HttpRequest request, string name) => Results.Ok(name);
}
