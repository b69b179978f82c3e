using Microsoft.OpenApi;
using Platform.Functions.Http;

namespace Platform.Functions.Documentation;

/// <summary>The forms in which the families refuse, as components.</summary>
internal sealed class ErrorSchemas
{
    private readonly OpenApiDocument _document;

    public ErrorSchemas(OpenApiDocument document)
    {
        _document = document;
        document.AddComponent("ExecutionsError", Object(("detail", new OpenApiSchema { OneOf = [Text(), List(Object(("loc", List(Text())), ("msg", Text()), ("type", Text())))] })));
        document.AddComponent("DeliveryError", With(
            Object(("success", new OpenApiSchema { Type = JsonSchemaType.Boolean }), ("error", Text()), ("code", Text()), ("timestamp", Time()), ("requestId", Text())),
            ("details", Details())));
        document.AddComponent("ChecksError", With(Object(("error", Text())), ("message", Text()), ("code", Text()), ("details", Details())));
        document.AddComponent("AgentsError", With(Object(("error", Text())), ("code", Text()), ("details", Details()), ("success", new OpenApiSchema { Type = JsonSchemaType.Boolean })));
        document.AddComponent("InferenceError", Object(("error", Text()), ("message", Text())));
        document.AddComponent("GatewayError", Object(("error", With(Object(("message", Text()), ("type", Text())), ("param", NullableText()), ("code", NullableText())))));
    }

    public OpenApiSchemaReference Of(Operation operation) => new(operation.IsGateway ? "GatewayError" : $"{operation.Family}Error", _document);

    internal static OpenApiSchema Object(params (string Name, IOpenApiSchema Schema)[] required) => new()
    {
        Type = JsonSchemaType.Object,
        Properties = required.ToDictionary(member => member.Name, member => member.Schema, StringComparer.Ordinal),
        Required = required.Select(member => member.Name).ToHashSet(StringComparer.Ordinal),
    };

    internal static OpenApiSchema Text() => new() { Type = JsonSchemaType.String };

    internal static OpenApiSchema Time() => new() { Type = JsonSchemaType.String, Format = "date-time" };

    private static OpenApiSchema NullableText() => new() { Type = JsonSchemaType.String | JsonSchemaType.Null };

    private static OpenApiSchema Details() => List(Object(("field", Text()), ("message", Text())));

    private static OpenApiSchema List(IOpenApiSchema items) => new() { Type = JsonSchemaType.Array, Items = items };

    private static OpenApiSchema With(OpenApiSchema schema, params (string Name, IOpenApiSchema Schema)[] optional)
    {
        foreach (var (name, member) in optional)
            schema.Properties![name] = member;
        return schema;
    }
}
