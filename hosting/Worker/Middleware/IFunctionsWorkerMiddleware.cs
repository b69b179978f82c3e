namespace EmbeddedFunctions.Worker.Middleware;

/// <summary>A step around every invocation; one instance serves all of them at once.</summary>
public interface IFunctionsWorkerMiddleware
{
    /// <summary>Handles one invocation; not calling <paramref name="next"/> skips the function. Around an orchestrator nothing may be awaited before <paramref name="next"/>.</summary>
    Task Invoke(FunctionContext context, FunctionExecutionDelegate next);
}
