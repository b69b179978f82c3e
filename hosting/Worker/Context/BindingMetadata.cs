namespace EmbeddedFunctions.Worker;

/// <summary>A binding of a function.</summary>
public abstract class BindingMetadata
{
    /// <summary>The bound parameter or property.</summary>
    public abstract string Name { get; }

    /// <summary>The binding's type as function.json writes it, for instance <c>httpTrigger</c>.</summary>
    public abstract string Type { get; }

    /// <summary>Into the function or out of it.</summary>
    public abstract BindingDirection Direction { get; }
}
