using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Worker.Http;
using Microsoft.AspNetCore.Http;

namespace Platform.Tests.Hosting;

/// <summary>Something to manage.</summary>
public static class ManagedFunctions
{
    [Function("Greet")]
    public static async Task<string> GreetAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var name = await context.WaitForExternalEvent<string>("name");
        context.SetCustomStatus("greeting");
        return await context.CallActivityAsync<string>("Say", name);
    }

    [Function("Echo")]
    public static Task<string?> EchoAsync([OrchestrationTrigger] TaskOrchestrationContext context) => Task.FromResult(context.GetInput<string>());

    [Function("Fail")]
    public static Task<string> FailAsync([OrchestrationTrigger] TaskOrchestrationContext context) => context.CallActivityAsync<string>("Say", "<nobody>");

    [Function("Say")]
    public static string Say([ActivityTrigger] string name) => name == "<nobody>" ? throw new InvalidOperationException("<b>nobody</b> to greet") : $"hello {name}";

    [Function("Start")]
    public static async Task<HttpResponseData> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start")] HttpRequest request, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Greet", context.CancellationToken);
        var data = await context.GetHttpRequestDataAsync();
        return request.Query.ContainsKey("sync") ? client.CreateCheckStatusResponse(data!, id) : await client.CreateCheckStatusResponseAsync(data!, id, context.CancellationToken);
    }

    [Function("StartAndWait")]
    public static async Task<HttpResponseData> StartAndWaitAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "wait/{orchestrator}")] HttpRequest request, string orchestrator, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        var id = await client.ScheduleNewOrchestrationInstanceAsync(orchestrator, "payload", context.CancellationToken);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(orchestrator == "Greet" ? 50 : 20_000));
        var data = await context.GetHttpRequestDataAsync();
        return await client.WaitForCompletionOrCreateCheckStatusResponseAsync(
            data!, id, returnInternalServerErrorOnFailure: true, getInputsAndOutputs: request.Query.ContainsKey("outputs"), cancellation: patience.Token);
    }

    [Function("Addresses")]
    public static IResult Addresses([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "addresses")] HttpRequest request, [DurableClient] DurableTaskClient client) =>
        Results.Json(client.CreateHttpManagementPayload(request.Query["id"].FirstOrDefault() ?? "some id/with slash"));
}
