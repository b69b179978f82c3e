using Microsoft.OpenApi;
using Platform.Functions.Http;

namespace Platform.Functions.Documentation;

/// <summary>Which credentials an operation takes, as security requirements (any one of them suffices).</summary>
internal sealed class SecurityDescriber
{
    private const string Bearer = "bearer";
    private const string Cookie = "cookie";
    private const string Csrf = "csrf";
    private const string ApiKey = "apiKey";
    private const string Worker = "worker";

    private readonly OpenApiDocument _document;

    public SecurityDescriber(OpenApiDocument document)
    {
        _document = document;
        document.AddComponent<IOpenApiSecurityScheme>(Bearer, Http("Session JWT, or an access token `pf_…` with the operation's permission among its scopes."));
        document.AddComponent<IOpenApiSecurityScheme>(Cookie, Key("access_token", ParameterLocation.Cookie, "Session cookie, set by any sign-in route."));
        document.AddComponent<IOpenApiSecurityScheme>(Csrf, Key("X-CSRF-Token", ParameterLocation.Header, "Value of the cookie `csrf_token`; needed beside the session cookie for POST, PUT, PATCH and DELETE."));
        document.AddComponent<IOpenApiSecurityScheme>(ApiKey, Key("X-API-Key", ParameterLocation.Header, "Organization API key of the inference family."));
        document.AddComponent<IOpenApiSecurityScheme>(Worker, Http("A worker's bootstrap or session token."));
    }

    public IList<OpenApiSecurityRequirement> Of(Operation operation, HttpMethod method)
    {
        if (operation.IsPublic)
            return [];
        if (operation.Auth == Auth.Worker)
            return [Requires(Worker)];
        var session = operation.Csrf && method != HttpMethod.Get && method != HttpMethod.Head ? Requires(Cookie, Csrf) : Requires(Cookie);
        return operation.Auth switch
        {
            Auth.BearerOnly or Auth.JobKey => [Requires(Bearer)],
            Auth.ApiKeyOrUser => [Requires(Bearer), Requires(ApiKey), session],
            _ => [Requires(Bearer), session],
        };
    }

    private OpenApiSecurityRequirement Requires(params string[] schemes)
    {
        var requirement = new OpenApiSecurityRequirement();
        foreach (var scheme in schemes)
            requirement.Add(new OpenApiSecuritySchemeReference(scheme, _document), []);
        return requirement;
    }

    private static OpenApiSecurityScheme Http(string description) => new() { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = description };

    private static OpenApiSecurityScheme Key(string name, ParameterLocation place, string description) =>
        new() { Type = SecuritySchemeType.ApiKey, Name = name, In = place, Description = description };
}
