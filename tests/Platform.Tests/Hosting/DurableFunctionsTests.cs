using System.Net.Http.Json;
using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Hosting;

public sealed class DurableFunctionsTests
{
    [Fact]
    public async Task Orchestration_StartedOverHttpThroughMiddleware_RunsActivitiesAndReturns()
    {
        await using var host = await TestHost.StartAsync([typeof(Sums)], builder => builder.UseMiddleware((context, next) => next()));

        var answer = await host.Client.GetFromJsonAsync<Sums.Answer>("/sums/3");

        Assert.Equal(new Sums.Answer(6, "Completed"), answer);
    }

    public sealed class AsyncMiddleware : EmbeddedFunctions.Worker.Middleware.IFunctionsWorkerMiddleware
    {
        public async Task Invoke(FunctionContext context, EmbeddedFunctions.Worker.Middleware.FunctionExecutionDelegate next) => await next(context);
    }

    [Fact]
    public async Task Orchestration_AsyncMiddlewareAround_StaysDeterministic()
    {
        await using var host = await TestHost.StartAsync([typeof(Sums)], builder => builder.UseMiddleware<AsyncMiddleware>());

        Assert.Equal(new Sums.Answer(55, "Completed"), await host.Client.GetFromJsonAsync<Sums.Answer>("/sums/10"));
    }
}

public static class Sums
{
    [Function("Sums_Get")]
    public static async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "sums/{count:int}")] HttpRequest request, int count, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Sum", new Input(count), ct);
        var instance = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, ct);
        return Results.Json(new Answer(instance.ReadOutputAs<int>(), instance.RuntimeStatus.ToString()));
    }

    [Function("Sum")]
    public static async Task<int> SumAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        var sum = 0;
        for (var i = 1; i <= context.GetInput<Input>()!.Count; i++)
            sum = await context.CallActivityAsync<int>("Add", new Terms(sum, i));
        return sum;
    }

    [Function("Add")]
    public static async Task<int> AddAsync([ActivityTrigger] Terms terms, string instanceId, FunctionContext context)
    {
        await Task.Yield();
        Assert.NotEmpty(instanceId);
        Assert.NotNull(context.InstanceServices);
        return terms.A + terms.B;
    }

    public sealed record Input(int Count);

    public sealed record Terms(int A, int B);

    public sealed record Answer(int Sum, string Status);
}
