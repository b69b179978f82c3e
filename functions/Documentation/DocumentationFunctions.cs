using Microsoft.AspNetCore.Http;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Functions.Documentation;

/// <summary>The machine-readable description of the API and its viewer.</summary>
[Api(Family.Inference)]
public sealed class DocumentationFunctions(ApiDescription description, SwaggerFiles files)
{
    private static readonly Error NoFile = Error.NotFound("file.not_found", "There is no such file");

    /// <summary>The OpenAPI 3.1 document of all operations.</summary>
    [Function("Documentation_OpenApi")]
    [Operation(Permissions.Public, Rate.Documentation, Response = typeof(object))]
    public IResult OpenApi([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api-docs/openapi.json")] HttpRequest http) => description.Answer;

    /// <summary>The interactive API page.</summary>
    [Function("Documentation_Swagger")]
    [Operation(Permissions.Public, Rate.Documentation, Response = typeof(string), Produces = "text/html")]
    public object Swagger([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "swagger-ui/{*path}")] HttpRequest http, string? path)
    {
        if (string.Equals(http.Path, "/swagger-ui", StringComparison.OrdinalIgnoreCase))
            return Results.Redirect("/swagger-ui/", permanent: true);
        return files.Find(path ?? "") is { } file ? file : (Result<Nothing>)NoFile;
    }
}
