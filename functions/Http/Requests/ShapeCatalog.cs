using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Functions.Http;

/// <summary>The shapes of all request types in one casing; filled as types are met.</summary>
internal sealed class ShapeCatalog(WireJson wire)
{
    private static readonly ShapeCatalog Snake = new(WireJson.Snake);
    private static readonly ShapeCatalog Camel = new(WireJson.Camel);

    private readonly ConcurrentDictionary<Type, TypeShape> _shapes = new();

    private readonly ConcurrentDictionary<Type, QueryBinder> _queries = new();

    public WireJson Wire { get; } = wire;

    public static ShapeCatalog For(Family family) => For(WireJson.For(family));

    public static ShapeCatalog For(WireJson wire) => wire == WireJson.Snake ? Snake : Camel;

    public TypeShape Get(Type type) => _shapes.GetOrAdd(type, Create);

    /// <summary>The reader of a query record.</summary>
    public QueryBinder QueryOf(Type type) => _queries.GetOrAdd(type, record => new QueryBinder(record, (ObjectShape)Get(record), Wire));

    private TypeShape Create(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type == typeof(object) || type == typeof(JsonElement) || typeof(JsonNode).IsAssignableFrom(type) || type == typeof(JsonDocument))
            return new AnyShape();
        if (Scalar(type) is { } scalar)
            return scalar;
        var info = Wire.Reading.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Object => new ObjectShape(info, Wire, Get),
            JsonTypeInfoKind.Enumerable => new ListShape(() => Get(info.ElementType!)),
            JsonTypeInfoKind.Dictionary => new MapShape(() => Get(info.ElementType!)),
            _ => new ScalarShape(element => Deserializes(element, type), "Value error", "value_error"),
        };
    }

    private ScalarShape? Scalar(Type type)
    {
        if (type.IsEnum)
            return new(element => Deserializes(element, type), $"Input should be {EnumWords(type)}", "enum");
        if (type == typeof(string))
            return new(element => element.ValueKind == JsonValueKind.String, "Input should be a valid string", "value_error");
        if (type == typeof(bool))
            return new(element => element.ValueKind is JsonValueKind.True or JsonValueKind.False, "Input should be a valid boolean", "bool_parsing");
        if (type == typeof(DateTimeOffset))
            return new(element => element.ValueKind == JsonValueKind.String && WireTime.TryParse(element.GetString(), out _), "Input should be a valid datetime", "datetime_parsing");
        if (type == typeof(Guid))
            return new(element => element.ValueKind == JsonValueKind.String && element.TryGetGuid(out _), "Input should be a valid UUID", "value_error");
        return Number(type);
    }

    private static ScalarShape? Number(Type type)
    {
        if (type == typeof(int))
            return Integer(element => element.TryGetInt32(out _));
        if (type == typeof(long))
            return Integer(element => element.TryGetInt64(out _));
        if (type == typeof(double))
            return Real(element => element.TryGetDouble(out var number) && double.IsFinite(number));
        if (type == typeof(float))
            return Real(element => element.TryGetSingle(out var number) && float.IsFinite(number));
        if (type == typeof(decimal))
            return Real(element => element.TryGetDecimal(out _));
        return null;
    }

    private static ScalarShape Integer(Func<JsonElement, bool> fits) =>
        new(element => element.ValueKind == JsonValueKind.Number && fits(element), "Input should be a valid integer", "int_parsing");

    private static ScalarShape Real(Func<JsonElement, bool> fits) =>
        new(element => element.ValueKind == JsonValueKind.Number && fits(element), "Input should be a valid number", "float_parsing");

    private bool Deserializes(JsonElement element, Type type)
    {
        try
        {
            return element.Deserialize(type, Wire.Reading) is not null;
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException or NotSupportedException)
        {
            return false;
        }
    }

    private static string EnumWords(Type type)
    {
        var words = Enum.GetNames(type).Select(name => $"'{JsonNamingPolicy.SnakeCaseLower.ConvertName(name)}'").ToArray();
        return words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
    }
}
