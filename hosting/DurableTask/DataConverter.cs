namespace EmbeddedFunctions.DurableTask;

/// <summary>Turns inputs, outputs and event payloads into text and back; null stays null.</summary>
public abstract class DataConverter
{
    public abstract string? Serialize(object? value);

    public abstract object? Deserialize(string? data, Type targetType);

    public virtual T? Deserialize<T>(string? data) => (T?)Deserialize(data, typeof(T));
}
