using System.Collections.Frozen;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;

namespace Platform.Functions.Http;

/// <summary>Cross-origin access for the origins in <c>Cors:Origins</c>, with credentials; off when none are listed. A wildcard is refused at start.</summary>
internal sealed class CorsPolicy
{
    private readonly FrozenSet<string> _origins;

    public CorsPolicy(IConfiguration configuration)
    {
        var origins = configuration.GetSection("Cors:Origins").Get<string[]>() ?? configuration["Cors:Origins"]?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (Array.Exists(origins, origin => origin.Contains('*', StringComparison.Ordinal)))
            throw new InvalidOperationException("Cors:Origins takes exact origins; '*' would open cookies to every site");
        _origins = origins.ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Adds the headers for a listed origin. True when the request was a preflight, which needs nothing more.</summary>
    public bool Answers(HttpContext http)
    {
        if (_origins.Count == 0)
            return false;
        var headers = http.Response.Headers;
        headers.Append("Vary", "Origin");
        var origin = http.Request.Headers.Origin.ToString();
        if (!_origins.Contains(origin))
            return false;

        headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = "X-Correlation-ID, X-Request-Id, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Idempotency-Replayed";
        if (!HttpMethods.IsOptions(http.Request.Method) || http.Request.Headers.AccessControlRequestMethod.Count == 0)
            return false;
        headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE";
        headers.AccessControlAllowHeaders = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-API-Key, X-CSRF-Token, X-Correlation-ID, X-Project-Id, X-Request-Id";
        headers.AccessControlMaxAge = "600";
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
