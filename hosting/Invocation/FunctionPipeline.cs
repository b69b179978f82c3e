using EmbeddedFunctions.Worker.Middleware;

namespace EmbeddedFunctions.Invocation;

/// <summary>The middleware chain, composed once; the function of the context stands at its end.</summary>
internal sealed class FunctionPipeline
{
    public FunctionPipeline(IReadOnlyList<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> middleware)
    {
        FunctionExecutionDelegate next = static context =>
        {
            var invocation = InvocationContext.Of(context);
            return invocation.Function.Invoker(invocation);
        };
        for (var i = middleware.Count - 1; i >= 0; i--)
            next = middleware[i](next);
        Run = next;
    }

    public FunctionExecutionDelegate Run { get; }
}
