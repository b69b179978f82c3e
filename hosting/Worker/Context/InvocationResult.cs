namespace EmbeddedFunctions.Worker;

/// <summary>What a function returned; middleware may replace it.</summary>
public abstract class InvocationResult<T>
{
    /// <summary>The value.</summary>
    public abstract T? Value { get; set; }
}

/// <summary>What a function returned, whatever its type.</summary>
public abstract class InvocationResult : InvocationResult<object>;
