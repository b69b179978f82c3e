using Microsoft.AspNetCore.Http;

namespace Platform.Chaos.Workflows;

/// <summary>What the one who disturbs does with the workers. An answer in the 200s means: this is durable.</summary>
public static class CommandFunctions
{
    private static readonly OrchestrationRuntimeStatus[] Unfinished = [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended];

    [Function("Chaos_Start")]
    public static async Task<IResult> StartAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start/{id}/{seed:int}")] HttpRequest request, string id, int seed, [DurableClient] DurableTaskClient client)
    {
        var input = new WorkflowState(seed, WorkflowPlan.RootDepth, id, Fails: false) { Value = seed };
        var once = new StartOrchestrationOptions(id).WithDedupeStatuses([.. StartOrchestrationOptionsExtensions.ValidDedupeStatuses]);
        try
        {
            await client.ScheduleNewOrchestrationInstanceAsync(WorkflowFunctions.Workflow, input, once);
            return Results.StatusCode(StatusCodes.Status201Created);
        }
        catch (InvalidOperationException e) when (e.Message.Contains("exists already", StringComparison.Ordinal))
        {
            return Results.Ok();
        }
    }

    /// <summary>Not to be repeated: the engine makes the id.</summary>
    [Function("Chaos_StartUnnamed")]
    public static async Task<IResult> StartUnnamedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "start-unnamed/{label}")] HttpRequest request, string label, [DurableClient] DurableTaskClient client)
    {
        await client.ScheduleNewOrchestrationInstanceAsync(WorkflowFunctions.Unnamed, label);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    [Function("Chaos_Raise")]
    public static async Task<IResult> RaiseAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "raise/{id}/{name}")] HttpRequest request, string id, string name, [DurableClient] DurableTaskClient client)
    {
        await client.RaiseEventAsync(id, name, await request.ReadFromJsonAsync<EventContent>());
        return Results.Ok();
    }

    [Function("Chaos_Suspend")]
    public static async Task<IResult> SuspendAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "suspend/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client)
    {
        await client.SuspendInstanceAsync(id);
        return Results.Ok();
    }

    [Function("Chaos_Resume")]
    public static async Task<IResult> ResumeAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "resume/{id}")] HttpRequest request, string id, [DurableClient] DurableTaskClient client)
    {
        await client.ResumeInstanceAsync(id);
        return Results.Ok();
    }

    [Function("Chaos_Unfinished")]
    public static async Task<IResult> UnfinishedAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "unfinished")] HttpRequest request, [DurableClient] DurableTaskClient client)
    {
        var ids = new List<string>();
        await foreach (var instance in client.GetAllInstancesAsync(new OrchestrationQuery(Statuses: Unfinished, PageSize: 5_000)))
            ids.Add(instance.InstanceId);
        return Results.Json(ids);
    }
}
