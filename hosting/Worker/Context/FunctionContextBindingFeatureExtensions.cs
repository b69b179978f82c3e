using EmbeddedFunctions.Invocation;

namespace EmbeddedFunctions.Worker;

/// <summary>Access to what a function returned.</summary>
public static class FunctionContextBindingFeatureExtensions
{
    /// <summary>The function's result; null before it ran.</summary>
    public static InvocationResult GetInvocationResult(this FunctionContext context) => InvocationContext.Of(context).Result;

    /// <summary>The function's result as a <typeparamref name="T"/>; a result of another type throws <see cref="InvalidOperationException"/>.</summary>
    public static InvocationResult<T> GetInvocationResult<T>(this FunctionContext context) => new TypedInvocationResult<T>(InvocationContext.Of(context).Result);
}
