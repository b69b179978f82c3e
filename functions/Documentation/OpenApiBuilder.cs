using System.Globalization;
using System.Reflection;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;
using Platform.Functions.Http;
using Platform.RateLimits;

namespace Platform.Functions.Documentation;

/// <summary>Makes the OpenAPI 3.1 document from the operation catalogue: what the pipeline enforces is what the document says.</summary>
internal sealed class OpenApiBuilder
{
    private const string Json = "application/json";

    private readonly OpenApiDocument _document = new()
    {
        Info = new OpenApiInfo
        {
            Title = "Platform",
            Version = typeof(OpenApiBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0",
            Description = "Five API families on one identity: executions, delivery, checks, agents, inference.",
        },
        Servers = [new OpenApiServer { Url = "/" }],
        Paths = [],
        Tags = new HashSet<OpenApiTag>(),
    };

    private readonly Summaries _summaries;
    private readonly SchemaCatalog _schemas;
    private readonly ParameterDescriber _parameters;
    private readonly ErrorSchemas _errors;
    private readonly SecurityDescriber _security;

    public OpenApiBuilder(Summaries summaries)
    {
        _summaries = summaries;
        _schemas = new SchemaCatalog(_document, summaries);
        _parameters = new ParameterDescriber(_schemas);
        _errors = new ErrorSchemas(_document);
        _security = new SecurityDescriber(_document);
    }

    public OpenApiDocument Build(OperationCatalog catalog)
    {
        foreach (var operation in catalog.All.Where(operation => operation.Name != FallbackFunctions.Name))
            Add(RouteParameter.PathOf(operation.Route), operation, operation.Methods);
        if (catalog.Find(FallbackFunctions.Name) is { } fallback)
            Add("/", fallback, ["GET"]); // the service card; the rest of the catch-all is 404 and 405
        return _document;
    }

    private void Add(string path, Operation operation, IReadOnlyCollection<string> methods)
    {
        if (!_document.Paths.TryGetValue(path, out var found))
            _document.Paths[path] = found = new OpenApiPathItem { Operations = [] };
        foreach (var method in methods)
        {
            var verb = HttpMethod.Parse(method);
            if (verb != HttpMethod.Head && verb != HttpMethod.Options) // every GET takes HEAD; OPTIONS is CORS
                ((OpenApiPathItem)found).Operations!.TryAdd(verb, Describe(path, operation, verb, methods.Count > 1));
        }
    }

    private OpenApiOperation Describe(string path, Operation operation, HttpMethod method, bool isOneOfSeveral)
    {
        var described = new OpenApiOperation
        {
            OperationId = isOneOfSeveral ? $"{operation.Name}_{method.Method.ToLowerInvariant()}" : operation.Name,
            Summary = _summaries.Of(operation),
            Description = operation.IsPublic ? null : $"Permission: `{operation.Permission}`",
            Tags = new HashSet<OpenApiTagReference> { Tag(operation) },
            Parameters = [.. _parameters.Of(path, operation)],
            RequestBody = RequestBody(operation, method),
            Responses = Responses(operation),
            Security = _security.Of(operation, method),
        };
        return described;
    }

    private OpenApiTagReference Tag(Operation operation)
    {
        var noun = operation.Name.Split('_')[0];
        var name = $"{operation.Family}: {noun}";
        if (_document.Tags!.All(tag => tag.Name != name))
            _document.Tags!.Add(new OpenApiTag { Name = name });
        return new OpenApiTagReference(name, _document);
    }

    private OpenApiRequestBody? RequestBody(Operation operation, HttpMethod method)
    {
        if (!operation.TakesBody || method == HttpMethod.Get)
            return null;
        var json = WireJson.For(operation.Family);
        var content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal);
        foreach (var (mediaType, type) in new[] { (Json, operation.Body), ("application/x-www-form-urlencoded", operation.Form), ("multipart/form-data", operation.Upload) })
        {
            if (type == typeof(byte[]))
                content["application/octet-stream"] = new OpenApiMediaType { Schema = new OpenApiSchema() };
            else if (type is not null)
                content[mediaType] = new OpenApiMediaType { Schema = type == operation.Upload ? WithFile(_schemas.OfInput(type, json), operation.UploadPart) : _schemas.OfInput(type, json) };
        }

        return new OpenApiRequestBody { Required = (operation.Body ?? operation.Form) is not { } first || IsRequired(first, json), Content = content };
    }

    private static bool IsRequired(Type body, WireJson json) => body == typeof(byte[]) || ShapeCatalog.For(json).Get(body) is not ObjectShape { AllOptional: true };

    private static OpenApiSchema WithFile(IOpenApiSchema fields, string part) => new()
    {
        AllOf =
        [
            fields,
            new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { [part] = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" } },
            },
        ],
    };

    private OpenApiResponses Responses(Operation operation)
    {
        var responses = new OpenApiResponses
        {
            [SuccessOf(operation).ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse { Description = Phrase(SuccessOf(operation)), Content = Content(operation) },
        };
        foreach (var status in Refusals(operation))
            responses[status.ToString(CultureInfo.InvariantCulture)] = new OpenApiResponse { Description = Phrase(status), Content = As(Json, _errors.Of(operation)) };
        return responses;
    }

    /// <summary>A good answer without content is 204, whatever the operation says by default.</summary>
    private static int SuccessOf(Operation operation) => operation is { Success: 200, Response: null, Stream: false } ? 204 : operation.Success;

    private static IEnumerable<int> Refusals(Operation operation)
    {
        yield return operation.Family == Family.Executions ? 422 : 400;
        if (!operation.IsPublic)
        {
            yield return 401;
            yield return 403;
        }

        if (operation.Route.Contains('{', StringComparison.Ordinal))
            yield return 404;
        if (operation.Idempotent)
            yield return 409;
        if (operation.TakesBody)
            yield return 413;
        if (operation.TakesBody && operation.Family != Family.Executions)
            yield return 415;
        if (operation.Rate != Rate.None)
            yield return 429;
        yield return 500;
        yield return 503;
    }

    private Dictionary<string, OpenApiMediaType>? Content(Operation operation)
    {
        if (operation.Stream)
            return As("text/event-stream", ErrorSchemas.Text());
        if (operation.Response is null)
            return null;
        var json = WireJson.For(operation.Family);
        var schema = _schemas.Of(operation.Response, json);
        if (operation.AlternativeResponse is { } other)
            schema = new OpenApiSchema { AnyOf = [schema, _schemas.Of(other, json)] };
        return As(operation.Produces ?? Json, operation.Family == Family.Delivery ? Enveloped(operation.Response, schema) : schema);
    }

    private OpenApiSchema Enveloped(Type response, IOpenApiSchema schema)
    {
        var isPage = response.IsGenericType && response.GetGenericTypeDefinition() == typeof(Page<>);
        var data = isPage
            ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = _schemas.Of(response.GetGenericArguments()[0], WireJson.Camel) }
            : schema;
        var envelope = ErrorSchemas.Object(
            ("success", new OpenApiSchema { Type = JsonSchemaType.Boolean }), ("data", data), ("timestamp", ErrorSchemas.Time()), ("requestId", ErrorSchemas.Text()));
        foreach (var field in isPage ? (string[])["total", "limit", "offset"] : [])
        {
            envelope.Properties![field] = new OpenApiSchema { Type = JsonSchemaType.Integer };
            envelope.Required!.Add(field);
        }

        return envelope;
    }

    private static Dictionary<string, OpenApiMediaType> As(string mediaType, IOpenApiSchema schema) =>
        new(StringComparer.Ordinal) { [mediaType] = new OpenApiMediaType { Schema = schema } };

    private static string Phrase(int status) => ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Answer";
}
