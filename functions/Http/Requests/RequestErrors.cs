namespace Platform.Functions.Http;

/// <summary>Refusals of the pipeline itself. Families translate the codes to their own words.</summary>
internal static class RequestErrors
{
    public const string InvalidJsonCode = "request.invalid_json";
    public const string TooLargeCode = "request.too_large";
    public const string MediaTypeCode = "request.unsupported_media_type";
    public const string NoRouteCode = "request.no_route";
    public const string MethodCode = "request.method_not_allowed";
    public const string UnauthenticatedCode = "auth.unauthenticated";
    public const string OperatorCode = "auth.operator_required";
    public const string ScopeCode = PermissionErrors.ScopeCode;
    public const string PermissionCode = PermissionErrors.PermissionCode;
    public const string SessionCode = "auth.session_required";
    public const string ImpersonatingCode = "auth.impersonating";
    public const string CsrfMissingCode = "auth.csrf_missing";
    public const string CsrfInvalidCode = "auth.csrf_invalid";
    public const string CrossSiteCode = "auth.cross_site";
    public const string RateCode = "rate.exceeded";
    public const string IdempotencyBusyCode = "idempotency.in_work";
    public const string IdempotencyReusedCode = "idempotency.reused";
    public const string IdempotencyKeyCode = "idempotency.key_invalid";
    public const string FaultCode = "server.fault";
    public const string StartingCode = "server.starting";

    public static readonly Error TooLarge = new(ErrorKind.TooLarge, TooLargeCode, "Request too large");
    public static readonly Error MediaType = new(ErrorKind.UnsupportedMediaType, MediaTypeCode, "Unsupported media type");
    public static readonly Error NoRoute = new(ErrorKind.NotFound, NoRouteCode, "Not Found");
    public static readonly Error Unauthenticated = new(ErrorKind.Unauthenticated, UnauthenticatedCode, "Not authenticated");
    public static readonly Error OperatorRequired = new(ErrorKind.Forbidden, OperatorCode, "Admin access required");
    public static readonly Error SessionRequired = new(ErrorKind.Forbidden, SessionCode, "This operation needs an interactive session");
    public static readonly Error Impersonating = new(ErrorKind.Forbidden, ImpersonatingCode, "This operation is not available while impersonating");
    public static readonly Error CsrfMissing = new(ErrorKind.Forbidden, CsrfMissingCode, "CSRF token missing");
    public static readonly Error CsrfInvalid = new(ErrorKind.Forbidden, CsrfInvalidCode, "CSRF token invalid");
    public static readonly Error CrossSite = new(ErrorKind.Forbidden, CrossSiteCode, "Cross-site request refused");

    public static Error InvalidJson(string message = "JSON decode error") =>
        new(ErrorKind.Invalid, InvalidJsonCode, message) { Problems = [new(["body"], message, "json_invalid")] };
}
