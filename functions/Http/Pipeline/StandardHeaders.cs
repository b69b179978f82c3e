using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Platform.Functions.Http;

/// <summary>Headers of every answer. A function that serves a page replaces the policy of its own answer.</summary>
internal static class StandardHeaders
{
    private static readonly StringValues NoSniff = "nosniff";
    private static readonly StringValues Deny = "DENY";
    private static readonly StringValues Referrer = "strict-origin-when-cross-origin";
    private static readonly StringValues ContentPolicy = "default-src 'self'; frame-ancestors 'none'";
    private static readonly StringValues Transport = "max-age=31536000; includeSubDomains";

    public static void Write(HttpContext http, ApiRequest request)
    {
        var headers = http.Response.Headers;
        headers.XContentTypeOptions = NoSniff;
        headers.XFrameOptions = Deny;
        headers["Referrer-Policy"] = Referrer;
        headers.ContentSecurityPolicy = ContentPolicy;
        headers["X-Correlation-ID"] = request.CorrelationId;
        if (request.Family == Family.Delivery || (request.Family == Family.Inference && request.CorrelationId.Length <= 64))
            headers["X-Request-Id"] = request.CorrelationId;
        if (http.Request.IsHttps)
            headers.StrictTransportSecurity = Transport;
    }
}
