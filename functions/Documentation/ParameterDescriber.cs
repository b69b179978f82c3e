using Microsoft.OpenApi;
using Platform.Functions.Http;

namespace Platform.Functions.Documentation;

/// <summary>What an operation takes beside its body: route values, the members of its query record, the idempotency key.</summary>
internal sealed class ParameterDescriber(SchemaCatalog schemas)
{
    public IEnumerable<IOpenApiParameter> Of(string path, Operation operation)
    {
        foreach (var parameter in RouteParameter.In(path == "/" ? path : operation.Route))
            yield return InPath(parameter);
        if (operation.Query is { } query)
        {
            foreach (var parameter in schemas.QueryOf(query, WireJson.For(operation.Family)))
                yield return parameter;
        }

        if (operation.Idempotent)
            yield return IdempotencyKey(operation.Family);
    }

    private static OpenApiParameter InPath(RouteParameter parameter) => new()
    {
        Name = parameter.IsCatchAll ? $"*{parameter.Name}" : parameter.Name,
        In = ParameterLocation.Path,
        Required = true,
        Schema = new OpenApiSchema
        {
            Type = parameter.Constraint is "int" or "long" ? JsonSchemaType.Integer : JsonSchemaType.String,
            Format = parameter.Constraint == "guid" ? "uuid" : null,
        },
    };

    private static OpenApiParameter IdempotencyKey(Family family) => new()
    {
        Name = "Idempotency-Key",
        In = ParameterLocation.Header,
        Description = "Repeating a request with the same key and body within 24 hours gives the first answer again.",
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MinLength = 1, MaxLength = family == Family.Inference ? 128 : 255 },
    };
}
