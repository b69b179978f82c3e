using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.OpenApi;

namespace Platform.Functions.Documentation;

/// <summary>
/// JSON schemas of request and response records, made from what the serialiser itself knows of a type (names, casing, converters), so that the document
/// cannot say something else than the wire. Each record becomes one component; the same record in both casings becomes two.
/// </summary>
internal sealed class SchemaCatalog(OpenApiDocument document, Summaries summaries)
{
    private readonly Dictionary<(Type, WireJson), string> _ids = [];

    public IOpenApiSchema Of(Type declared, WireJson json)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        var schema = Scalar(type, json) ?? Composite(type, json);
        return type == declared ? schema : OrNull(schema);
    }

    /// <summary>A request record, with the initial values of its members as defaults.</summary>
    public IOpenApiSchema OfInput(Type record, WireJson json)
    {
        var schema = Of(record, json);
        if (schema is OpenApiSchemaReference && json.Reading.GetTypeInfo(record) is var info && Absent(info, json) is { } absent)
        {
            var members = document.Components!.Schemas![_ids[(record, json)]].Properties!;
            foreach (var property in info.Properties.Where(ObjectShape.IsInput))
            {
                if (members[property.Name] is OpenApiSchema member)
                    member.Default = Default(property, absent, json);
            }
        }

        return schema;
    }

    /// <summary>The members of a query record as parameters: an absent one is left out, never null.</summary>
    public IEnumerable<OpenApiParameter> QueryOf(Type record, WireJson json)
    {
        var info = json.Reading.GetTypeInfo(record);
        var absent = Absent(info, json);
        foreach (var property in info.Properties.Where(ObjectShape.IsInput))
        {
            var schema = (OpenApiSchema)Of(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType, json);
            foreach (var rule in Rules(property))
                SchemaRules.Apply(rule, schema);
            schema.Default = absent is null ? null : Default(property, absent, json);
            yield return new OpenApiParameter { Name = Attribute<PrefixAttribute>(property) is { } prefix ? $"{prefix.Text}*" : property.Name, In = ParameterLocation.Query, Required = IsRequired(property), Schema = schema, Description = QueryText(property, schema) };
        }
    }

    private IOpenApiSchema Composite(Type type, WireJson json)
    {
        if (IsAnything(type))
            return new OpenApiSchema();
        var info = json.Writing.GetTypeInfo(type);
        return info.Kind switch
        {
            JsonTypeInfoKind.Enumerable => new OpenApiSchema { Type = JsonSchemaType.Array, Items = Of(info.ElementType!, json) },
            JsonTypeInfoKind.Dictionary => new OpenApiSchema { Type = JsonSchemaType.Object, AdditionalProperties = Of(info.ElementType!, json) },
            JsonTypeInfoKind.Object => Component(type, info, json),
            _ => new OpenApiSchema(), // a converter of its own decides
        };
    }

    private static OpenApiSchema? Scalar(Type type, WireJson json)
    {
        if (type.IsEnum)
            return new OpenApiSchema { Type = JsonSchemaType.String, Enum = Words(type, json) };
        return Type.GetTypeCode(type) switch
        {
            TypeCode.String or TypeCode.Char => Simple(JsonSchemaType.String),
            TypeCode.Boolean => Simple(JsonSchemaType.Boolean),
            TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 => Simple(JsonSchemaType.Integer, "int32"),
            TypeCode.UInt32 or TypeCode.Int64 or TypeCode.UInt64 => Simple(JsonSchemaType.Integer, "int64"),
            TypeCode.Single => Simple(JsonSchemaType.Number, "float"),
            TypeCode.Double => Simple(JsonSchemaType.Number, "double"),
            TypeCode.Decimal => Simple(JsonSchemaType.Number),
            _ when type == typeof(DateTimeOffset) || type == typeof(DateTime) => Simple(JsonSchemaType.String, "date-time"),
            _ when type == typeof(DateOnly) => Simple(JsonSchemaType.String, "date"),
            _ when type == typeof(Guid) => Simple(JsonSchemaType.String, "uuid"),
            _ when type == typeof(Uri) => Simple(JsonSchemaType.String, "uri"),
            _ when type == typeof(TimeSpan) => Simple(JsonSchemaType.String),
            _ when type == typeof(byte[]) => Simple(JsonSchemaType.String, "byte"),
            _ => null,
        };
    }

    private OpenApiSchemaReference Component(Type type, JsonTypeInfo info, WireJson json)
    {
        if (!_ids.TryGetValue((type, json), out var id))
        {
            id = FreeId(type, json);
            _ids.Add((type, json), id);
            var schema = new OpenApiSchema { Type = JsonSchemaType.Object };
            document.AddComponent(id, schema); // before its members: a record may contain itself
            Fill(schema, info, json);
        }

        return new OpenApiSchemaReference(id, document);
    }

    private void Fill(OpenApiSchema schema, JsonTypeInfo info, WireJson json)
    {
        schema.Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal);
        schema.Required = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in info.Properties.Where(property => property.Get is not null || property.Set is not null))
        {
            var member = Member(property, json);
            if (member is OpenApiSchema own)
                own.Description ??= TextOf(property);
            schema.Properties[property.Name] = member;
            if (IsRequired(property))
                schema.Required.Add(property.Name);
        }
    }

    private IOpenApiSchema Member(JsonPropertyInfo property, WireJson json)
    {
        var schema = Of(property.PropertyType, json);
        var isNullable = !property.PropertyType.IsValueType && (property.IsGetNullable || property.AssociatedParameter?.IsNullable == true);
        if (schema is not OpenApiSchema own)
            return isNullable ? OrNull(schema) : schema;
        foreach (var rule in Rules(property))
            SchemaRules.Apply(rule, own);
        return isNullable ? OrNull(own) : own;
    }

    /// <summary>Written always and, where it is read, not optional.</summary>
    private static bool IsRequired(JsonPropertyInfo property)
    {
        if (property.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: not JsonIgnoreCondition.Never }, ..])
            return false;
        if (property.IsRequired || Rules(property).Any(rule => rule is RequiredAttribute))
            return true;
        return property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };
    }

    private string? TextOf(JsonPropertyInfo property) => property.AttributeProvider is MemberInfo member ? summaries.Of(member) : null;

    private string? QueryText(JsonPropertyInfo property, OpenApiSchema schema)
    {
        List<string?> texts = [TextOf(property)];
        if (schema.Type == JsonSchemaType.Array)
            texts.Add("Repeated, or separated by commas.");
        if (Attribute<ClampedAttribute>(property) is { } clamped)
            texts.Add($"Clamped to {clamped.Minimum} to {clamped.Maximum}.");
        if (Attribute<AliasAttribute>(property) is { } alias)
            texts.Add($"Also taken as `{alias.Name}`.");
        return texts.Exists(text => text is not null) ? string.Join(' ', texts.Where(text => text is not null)) : null;
    }

    private static T? Attribute<T>(JsonPropertyInfo property)
        where T : Attribute => property.AttributeProvider?.GetCustomAttributes(typeof(T), inherit: true).OfType<T>().FirstOrDefault();

    /// <summary>The record as it is when nothing is given; null when it cannot be made so.</summary>
    private static object? Absent(JsonTypeInfo info, WireJson json) =>
        info.Properties.Any(property => property.IsRequired) ? null : JsonSerializer.Deserialize("{}"u8, info.Type, json.Reading);

    private static JsonNode? Default(JsonPropertyInfo property, object absent, WireJson json) =>
        IsRequired(property) || property.Get!(absent) is null or JsonElement { ValueKind: JsonValueKind.Undefined } or System.Collections.ICollection { Count: 0 }
            ? null
            : JsonSerializer.SerializeToNode(property.Get!(absent), property.PropertyType, json.Writing);

    private static IEnumerable<ValidationAttribute> Rules(JsonPropertyInfo property) =>
        ((ICustomAttributeProvider?[])[property.AttributeProvider, property.AssociatedParameter?.AttributeProvider])
            .SelectMany(member => member?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true) ?? [])
            .Cast<ValidationAttribute>();

    private static OpenApiSchema OrNull(IOpenApiSchema schema)
    {
        if (schema is OpenApiSchema { Type: { } type } own)
        {
            own.Type = type | JsonSchemaType.Null;
            if (own.Enum is { } words)
                own.Enum = [.. words, JsonNullSentinel.JsonNull];
            return own;
        }

        return schema is OpenApiSchema any ? any : new OpenApiSchema { OneOf = [schema, Simple(JsonSchemaType.Null)] };
    }

    private string FreeId(Type type, WireJson json)
    {
        var name = NameOf(type);
        var taken = _ids.Values.ToHashSet(StringComparer.Ordinal);
        foreach (var candidate in (string[])[name, $"{name}_{(json == WireJson.Snake ? "snake" : "camel")}", $"{type.Namespace?.Split('.')[^1]}_{name}"])
        {
            if (!taken.Contains(candidate))
                return candidate;
        }

        return $"{name}_{taken.Count}";
    }

    private static string NameOf(Type type)
    {
        var name = type.IsNested ? $"{type.DeclaringType!.Name}{type.Name}" : type.Name;
        if (!type.IsGenericType)
            return name;
        return string.Concat(type.GetGenericArguments().Select(NameOf)) + name[..name.IndexOf('`', StringComparison.Ordinal)];
    }

    private static bool IsAnything(Type type) =>
        type == typeof(object) || type == typeof(JsonElement) || type == typeof(JsonDocument) || type == typeof(StoredJson) || typeof(JsonNode).IsAssignableFrom(type);

    private static List<JsonNode> Words(Type type, WireJson json) =>
        [.. Enum.GetValues(type).Cast<object>().Select(value => JsonSerializer.SerializeToNode(value, type, json.Writing)!)];

    private static OpenApiSchema Simple(JsonSchemaType type, string? format = null) => new() { Type = type, Format = format };
}
