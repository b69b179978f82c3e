using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Http;

/// <summary>Serves one HTTP function. What has nothing to wait for runs without a state machine.</summary>
internal sealed class HttpInvoker(DiscoveredFunction function, FunctionPipeline pipeline, HostKeys keys, ILogger<HttpInvoker> logger)
{
    private readonly AuthorizationLevel _level = ((HttpTriggerAttribute)function.Trigger).AuthLevel;
    private readonly bool _hasOutputs = function.Outputs.Count > 0;

    public Task HandleAsync(HttpContext http) => _level == AuthorizationLevel.Anonymous ? RunAsync(http) : AuthorizeAsync(http);

    private async Task AuthorizeAsync(HttpContext http)
    {
        if (await keys.AllowsAsync(http, function.Name, _level))
            await RunAsync(http);
        else
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
    }

    private Task RunAsync(HttpContext http)
    {
        var context = new InvocationContext(function, http);
        Task running;
        try
        {
            running = pipeline.Run(context);
        }
        catch (Exception e)
        {
            Fail(http, e);
            return Task.CompletedTask;
        }

        return running.IsCompletedSuccessfully && context.ResultValue is null && !context.HasResources ? Task.CompletedTask : FinishAsync(context, running);
    }

    private async Task FinishAsync(InvocationContext context, Task running)
    {
        try
        {
            await running;
            if (_hasOutputs)
                await context.InstanceServices.GetRequiredService<OutputSender>().SendAsync(context);
            if (Answer(context.ResultValue) is { } answer)
                await answer.ExecuteAsync(context.Http!);
        }
        catch (Exception e)
        {
            Fail(context.Http!, e);
        }
        finally
        {
            if (context.HasResources)
                await context.ReleaseAsync();
        }
    }

    private IResult? Answer(object? value)
    {
        if (value is null or HttpResponseData) // the latter is written already
            return null;
        if (value is IResult result)
            return result;
        if (!_hasOutputs)
            throw new InvalidOperationException($"{function.Name} returned a {value.GetType().Name}; HTTP functions return an IResult or nothing (the worker does not serialise plain objects).");

        var property = function.Outputs.FirstOrDefault(o => o.Attribute is HttpResultAttribute)?.Property;
        return (IResult?)property?.GetValue(value);
    }

    private void Fail(HttpContext http, Exception e)
    {
        if (e is OperationCanceledException && http.RequestAborted.IsCancellationRequested)
            return;

        logger.LogError(e, "{Function} failed.", function.Name);
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = StatusCodes.Status500InternalServerError;
    }
}
