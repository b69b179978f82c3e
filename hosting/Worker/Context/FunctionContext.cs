namespace EmbeddedFunctions.Worker;

/// <summary>One invocation of a function.</summary>
public abstract class FunctionContext
{
    /// <summary>The invocation's id.</summary>
    public abstract string InvocationId { get; }

    /// <summary>The function's id, stable between starts.</summary>
    public abstract string FunctionId { get; }

    /// <summary>The trace that the invocation belongs to.</summary>
    public abstract TraceContext TraceContext { get; }

    /// <summary>The trigger's metadata.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>The run's place in a retry policy.</summary>
    public abstract RetryContext RetryContext { get; }

    /// <summary>The services of the invocation's scope.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>The function.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>Values shared by middleware and function during the invocation.</summary>
    public abstract IDictionary<object, object> Items { get; set; }

    /// <summary>Typed values shared by middleware and function during the invocation.</summary>
    public abstract IInvocationFeatures Features { get; }

    /// <summary>Signals that the invocation should end: the client went away, the time limit passed or the host stops.</summary>
    public virtual CancellationToken CancellationToken { get; }
}
