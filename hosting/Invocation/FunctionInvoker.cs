namespace EmbeddedFunctions.Invocation;

/// <summary>Binds the parameters, runs the function and stores what it returns in the context's result.</summary>
internal delegate Task FunctionInvoker(InvocationContext context);
