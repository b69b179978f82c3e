using EmbeddedFunctions.Worker.Middleware;

namespace EmbeddedFunctions.Startup;

/// <summary>What the app's Program has decided so far.</summary>
internal sealed class FunctionApp
{
    public List<Func<FunctionExecutionDelegate, FunctionExecutionDelegate>> Middleware { get; } = [];

    public bool Http { get; set; }

    /// <summary>The types to search for functions; null for those of the app's assemblies.</summary>
    public IReadOnlyList<Type>? Types { get; set; }
}
