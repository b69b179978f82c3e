namespace EmbeddedFunctions.Worker;

/// <summary>Marks a public method as a function. Names are unique in the app without regard to case.</summary>
/// <param name="name">The function's name.</param>
[AttributeUsage(AttributeTargets.Method)]
public class FunctionAttribute(string name) : Attribute
{
    /// <summary>The function's name.</summary>
    public string Name { get; } = name;
}
