namespace EmbeddedFunctions.Worker;

/// <summary>An invocation failed in the host, not in the function.</summary>
public class FunctionWorkerException(string? message, Exception? innerException) : Exception(message, innerException)
{
    /// <summary>A failure without inner cause.</summary>
    public FunctionWorkerException(string? message)
        : this(message, innerException: null)
    {
    }
}
