using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

/// <summary>Entities as functions of an app: a class, a plain class as the state, and a delegate.</summary>
public sealed class EntityFunctionsTests
{
    [Fact]
    public async Task Entities_OfEveryKind_AreDispatched()
    {
        await using var host = await TestHost.StartAsync([typeof(Tallies)]);

        var tallies = await host.Client.GetFromJsonAsync<int[]>("/tallies");

        Assert.Equal([3, 1, 5], tallies!);
    }
}

public static class Tallies
{
    [Function("Tally_Get")]
    public static async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "tallies")] HttpRequest request, [DurableClient] DurableTaskClient client, CancellationToken ct)
    {
        await client.Entities.SignalEntityAsync(Account.Id("a"), "Add", 1, cancellation: ct);
        var id = await client.ScheduleNewOrchestrationInstanceAsync("Tally_Run", ct);
        var instance = await client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true, ct);
        return Results.Json(instance.ReadOutputAs<int[]>());
    }

    [Function("Tally_Run")]
    public static async Task<int[]> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context)
    {
        await context.Entities.CallEntityAsync(new EntityInstanceId("Journal", "j"), "Write", "line");
        return
        [
            await context.Entities.CallEntityAsync<int>(Account.Id("a"), "Add", 2),
            await context.Entities.CallEntityAsync<int>(new EntityInstanceId("Journal", "j"), "Count"),
            await context.Entities.CallEntityAsync<int>(new EntityInstanceId("Length", "l"), "Of", "12345"),
        ];
    }

    [Function("AccountEntity")]
    public static Task AccountAsync([EntityTrigger(EntityName = "Account")] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Account>();

    [Function("Journal")]
    public static Task JournalAsync([EntityTrigger] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<Journal>();

    [Function("Length")]
    public static Task LengthAsync([EntityTrigger] TaskEntityDispatcher dispatcher) =>
        dispatcher.DispatchAsync(operation => ValueTask.FromResult<object?>(operation.GetInput<string>()!.Length));
}
