using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;
using Platform.Functions.Documentation;
using Platform.Functions.Http;

namespace Platform.Tests.Documentation;

/// <summary>The document of the compiled app, read back by the library's own reader.</summary>
public sealed class OpenApiDocumentTests
{
    private static readonly OperationCatalog Catalog = OperationCatalog.FromAssemblies(typeof(OpenApiBuilder).Assembly);
    private static readonly string Json = Encoding.UTF8.GetString(ApiDescription.Write(Catalog, new Summaries()));

    [Fact]
    public void Document_ReadBack_HasNoErrors()
    {
        var read = OpenApiDocument.Parse(Json, "json");

        Assert.NotNull(read.Diagnostic);
        Assert.Empty(read.Diagnostic!.Errors.Select(error => error.ToString()));
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
    }

    [Fact]
    public void Document_EveryOperationOfTheCatalogue_IsThereOnceWithItsSuccess()
    {
        var paths = Read().Paths;
        var operations = Catalog.All.Where(operation => operation.Name != FallbackFunctions.Name).ToList();
        Assert.NotEmpty(operations);

        foreach (var operation in operations)
        {
            var path = paths[RouteParameter.PathOf(operation.Route)];
            foreach (var method in operation.Methods.Where(method => method is not ("HEAD" or "OPTIONS")))
            {
                var described = path.Operations![HttpMethod.Parse(method)];
                Assert.StartsWith(operation.Name, described.OperationId, StringComparison.Ordinal);
                var success = described.Responses![operation is { Success: 200, Response: null, Stream: false } ? "204" : $"{operation.Success}"];
                Assert.True(success.Content is { Count: > 0 } content ? content.Values.All(media => media.Schema is not null) : operation is { Response: null, Stream: false }, operation.Name);
            }
        }

        var ids = paths.Values.SelectMany(path => path.Operations!.Values).Select(operation => operation.OperationId).ToList();
        Assert.Equal(ids.Distinct(StringComparer.OrdinalIgnoreCase).Count(), ids.Count);
    }

    [Fact]
    public void Document_EveryOperation_HasSummaryTagAndTheFamilysErrors()
    {
        foreach (var (operation, described) in Described())
        {
            Assert.False(string.IsNullOrWhiteSpace(described.Summary), operation.Name);
            Assert.StartsWith($"{operation.Family}: ", Assert.Single(described.Tags!).Name, StringComparison.Ordinal);
            var refusals = described.Responses!.Where(answer => answer.Key[0] is '4' or '5').ToList();
            Assert.Contains("500", refusals.Select(answer => answer.Key));
            Assert.All(refusals, answer => Assert.EndsWith("Error", ((OpenApiSchemaReference)answer.Value.Content!["application/json"].Schema!).Reference.Id, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Document_DeclaredInput_IsDescribed()
    {
        foreach (var (operation, described) in Described())
        {
            var inQuery = (described.Parameters ?? []).Where(parameter => parameter.In == ParameterLocation.Query).ToList();
            Assert.Equal(operation.Query?.GetProperties().Count(property => property.SetMethod is not null) ?? 0, inQuery.Count);
            Assert.All(inQuery, parameter => Assert.True(parameter.Schema?.Type is not null && !string.IsNullOrWhiteSpace(parameter.Description), $"{operation.Name}: {parameter.Name}"));
            Assert.Equal(operation.TakesBody, described.RequestBody is not null);
        }
    }

    [Fact]
    public void Document_QueryOfAList_SaysTypesLimitsAndDefaults()
    {
        var parameters = Read().Paths["/api/v1/user/executions"].Operations![HttpMethod.Get].Parameters!.ToDictionary(parameter => parameter.Name!);

        Assert.Equal(["end_time", "lang", "limit", "skip", "start_time", "status"], parameters.Keys.Order(StringComparer.Ordinal));
        var limit = parameters["limit"];
        Assert.Equal((JsonSchemaType.Integer, "1", "200", 50, "Size of the page."), (limit.Schema!.Type, limit.Schema.Minimum, limit.Schema.Maximum, (int)limit.Schema.Default!, limit.Description));
        Assert.Equal((JsonSchemaType.String, "date-time"), (parameters["start_time"].Schema!.Type, parameters["start_time"].Schema!.Format));
        Assert.Contains("timeout", parameters["status"].Schema!.Enum!.Select(word => (string)word!));
        Assert.Equal(32, parameters["lang"].Schema!.MaxLength);
        Assert.All(parameters.Values, parameter => Assert.False(parameter.Required));
    }

    [Fact]
    public void Document_Bodies_SayMediaTypeNeedAndDefaults()
    {
        var document = Read();
        var execute = document.Paths["/api/v1/execute"].Operations![HttpMethod.Post].RequestBody!;
        var members = execute.Content!["application/json"].Schema!.Properties!;

        Assert.True(execute.Required);
        Assert.Equal("python", (string?)members["lang"].Default);
        Assert.Equal(50_000, members["script"].MaxLength);
        Assert.False(document.Paths["/api/v1/{executionId}/cancel"].Operations![HttpMethod.Post].RequestBody!.Required);
        Assert.Equal(["application/x-www-form-urlencoded"], document.Paths["/api/v1/auth/login"].Operations![HttpMethod.Post].RequestBody!.Content!.Keys);
    }

    [Fact]
    public void Document_EveryReference_PointsToSomething()
    {
        var root = JsonNode.Parse(Json)!;

        foreach (var reference in References(root))
        {
            Assert.StartsWith("#/", reference, StringComparison.Ordinal);
            var target = reference[2..].Split('/').Aggregate((JsonNode?)root, (node, step) => node?[step.Replace("~1", "/", StringComparison.Ordinal)]);
            Assert.True(target is not null, reference);
        }
    }

    [Fact]
    public void Document_PathParameters_AreDescribedExactly()
    {
        foreach (var (path, item) in Read().Paths)
        {
            foreach (var operation in item.Operations!.Values)
            {
                var inPath = System.Text.RegularExpressions.Regex.Matches(path, @"\{([^}]+)\}").Select(match => match.Groups[1].Value);
                var described = (operation.Parameters ?? []).Where(parameter => parameter.In == ParameterLocation.Path).Select(parameter => parameter.Name!);
                Assert.Equal(inPath.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
            }
        }
    }

    [Fact]
    public void Document_OperationsThatNeedACaller_SayWhichCredentials()
    {
        var paths = Read().Paths;

        foreach (var operation in Catalog.All.Where(operation => operation.Name != FallbackFunctions.Name))
        {
            foreach (var described in paths[RouteParameter.PathOf(operation.Route)].Operations!.Values.Where(found => found.OperationId!.StartsWith(operation.Name, StringComparison.Ordinal)))
            {
                if (!operation.IsPublic)
                    Assert.Contains("401", described.Responses!.Keys);
                Assert.Equal(operation.IsPublic, (described.Security ?? []).Count == 0);
            }
        }
    }

    [Fact]
    public void Document_BuiltTwice_IsTheSame() => Assert.Equal(Json, Encoding.UTF8.GetString(ApiDescription.Write(Catalog, new Summaries())));

    [Theory]
    [InlineData("api/v1/{executionId:guid}/cancel", "/api/v1/{executionId}/cancel")]
    [InlineData("swagger-ui/{*path}", "/swagger-ui/{*path}")]
    [InlineData("a/{b?}/c/{d:int}", "/a/{b}/c/{d}")]
    public void PathOf_Template_LeavesConstraintsOut(string route, string path) => Assert.Equal(path, RouteParameter.PathOf(route));

    [Fact]
    public void Schemas_OfARecord_SayWhatTheSerialiserDoes()
    {
        var document = new OpenApiDocument();
        var schemas = new SchemaCatalog(document, new Summaries());

        schemas.Of(typeof(Sample), WireJson.Snake);
        schemas.Of(typeof(Sample), WireJson.Camel);

        var snake = Component(document, "Sample");
        Assert.Equal(
            JsonSerializer.SerializeToNode(new Sample("x", Color.DarkBlue, null, [], null, null, new Dictionary<string, int>(), Guid.Empty, null), WireJson.Snake.Writing)!.AsObject().Select(p => p.Key),
            snake["properties"]!.AsObject().Select(property => property.Key));
        Assert.Equal("dark_blue", (string?)snake["properties"]!["fav_color"]!["enum"]![0]);
        Assert.Equal(["null", "string"], snake["properties"]!["fixed_at"]!["type"]!.AsArray().Select(type => (string)type!).Order(StringComparer.Ordinal));
        Assert.Equal("date-time", (string?)snake["properties"]!["fixed_at"]!["format"]);
        Assert.Equal("#/components/schemas/Sample", (string?)snake["properties"]!["children"]!["items"]!["$ref"]);
        Assert.Equal("#/components/schemas/Sample", (string?)snake["properties"]!["parent"]!["oneOf"]![0]!["$ref"]);
        Assert.Equal(50, (int)snake["properties"]!["name"]!["maxLength"]!);
        Assert.Equal("int32", (string?)snake["properties"]!["counts"]!["additionalProperties"]!["format"]);
        Assert.Equal(["children", "counts", "fav_color", "id", "name"], snake["required"]!.AsArray().Select(name => (string)name!).Order(StringComparer.Ordinal));
        Assert.NotNull(Component(document, "Sample_camel")["properties"]!["favColor"]);
    }

    private static OpenApiDocument Read() => OpenApiDocument.Parse(Json, "json").Document!;

    private static IEnumerable<(Operation Operation, OpenApiOperation Described)> Described()
    {
        var paths = Read().Paths;
        return Catalog.All.Where(operation => operation.Name != FallbackFunctions.Name).SelectMany(operation => paths[RouteParameter.PathOf(operation.Route)].Operations!.Values
            .Where(described => described.OperationId!.StartsWith(operation.Name, StringComparison.Ordinal)).Select(described => (operation, described)));
    }

    private static JsonNode Component(OpenApiDocument document, string id)
    {
        using var text = new StringWriter();
        document.Components!.Schemas![id].SerializeAsV31(new OpenApiJsonWriter(text));
        return JsonNode.Parse(text.ToString())!;
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(member => member.Key == "$ref" ? [(string)member.Value!] : References(member.Value)),
        JsonArray list => list.SelectMany(References),
        _ => [],
    };
}

internal enum Color
{
    DarkBlue,
    Red,
}

internal sealed record Sample(
    [property: StringLength(50)] string Name,
    Color FavColor,
    DateTimeOffset? FixedAt,
    IReadOnlyList<Sample> Children,
    Sample? Parent,
    string? Note,
    IReadOnlyDictionary<string, int> Counts,
    Guid Id,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] int? Rank);
