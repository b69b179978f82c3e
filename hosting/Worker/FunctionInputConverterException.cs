namespace EmbeddedFunctions.Worker;

/// <summary>A trigger's value does not fit the function's parameter, for instance a route value that is no number.</summary>
public class FunctionInputConverterException(string? message, Exception? innerException) : FunctionWorkerException(message, innerException)
{
    /// <summary>A failure without inner cause.</summary>
    public FunctionInputConverterException(string? message)
        : this(message, innerException: null)
    {
    }
}
