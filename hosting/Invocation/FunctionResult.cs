using EmbeddedFunctions.Worker;

namespace EmbeddedFunctions.Invocation;

internal sealed class FunctionResult : InvocationResult
{
    public override object? Value { get; set; }
}

internal sealed class TypedInvocationResult<T>(InvocationResult result) : InvocationResult<T>
{
    public override T? Value
    {
        get => result.Value switch
        {
            null => default,
            T value => value,
            var other => throw new InvalidOperationException($"The function returned a {other.GetType()}, not a {typeof(T)}."),
        };
        set => result.Value = value;
    }
}
