namespace EmbeddedFunctions.Worker.Middleware;

/// <summary>The rest of the chain that leads to a function.</summary>
public delegate Task FunctionExecutionDelegate(FunctionContext context);
