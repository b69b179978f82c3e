namespace EmbeddedFunctions.Worker;

/// <summary>The metadata of the trigger: route values, message properties.</summary>
public abstract class BindingContext
{
    /// <summary>Values by name, without regard to case.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}
