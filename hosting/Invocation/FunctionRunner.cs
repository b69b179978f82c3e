using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.Invocation;

/// <summary>Runs functions that HTTP did not start.</summary>
internal sealed class FunctionRunner(FunctionPipeline pipeline, IServiceScopeFactory scopes, HostJsonOptions options, TimeProvider clock)
{
    /// <summary>Runs the function within the time limit of host.json, which cancels its token.</summary>
    public async Task<object?> RunAsync(DiscoveredFunction function, object? trigger, RetryContext? retry, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(options.FunctionTimeout, clock);
        await using var link = ct.UnsafeRegister(static s => ((CancellationTokenSource)s!).Cancel(), limit);
        var context = new InvocationContext(function, scopes, trigger, limit.Token) { Retry = retry ?? InvocationRetry.None };
        return await RunAsync(context);
    }

    /// <summary>Runs an orchestrator: no time limit, and synchronously up to its first await.</summary>
    public Task<object?> RunOrchestratorAsync(DiscoveredFunction function, object context) =>
        RunAsync(new InvocationContext(function, scopes, context, CancellationToken.None));

    // No ConfigureAwait(false): an orchestrator's continuations belong to the context of the durable engine.
    private async Task<object?> RunAsync(InvocationContext context)
    {
        try
        {
            await pipeline.Run(context);
            if (context.Function.Outputs.Count > 0)
                await context.InstanceServices.GetRequiredService<OutputSender>().SendAsync(context);
            return context.ResultValue;
        }
        finally
        {
            if (context.HasResources)
                await context.ReleaseAsync();
        }
    }
}
