using EmbeddedFunctions.DurableTask.Converters;

namespace EmbeddedFunctions.DurableTask.Client;

/// <summary>A value in its stored form.</summary>
public sealed class SerializedData(string data, DataConverter? converter = null)
{
    public string Value { get; } = data;

    public DataConverter Converter { get; } = converter ?? JsonDataConverter.Default;

    public T ReadAs<T>() => Converter.Deserialize<T>(Value)!;
}
