namespace Platform.Identity;

/// <summary>Refusals of operations on access tokens. The families have words of their own for some.</summary>
public static class TokenErrors
{
    public const string LimitCode = "token.token_limit";
    public const string NotFoundCode = "token.not_found";

    public static readonly Error NotFound = Error.NotFound(NotFoundCode, "Token not found");
    public static readonly Error ProjectNotFound = Error.NotFound("project.not_found", "Project not found");
    public static readonly Error NameTaken = Error.Conflict("token.name_taken", "A token of this name already exists");
    public static readonly Error Limit = Error.Conflict(LimitCode, "Token limit reached");
    public static readonly Error NotActive = Error.Conflict("token.not_active", "The token has expired or was revoked");
    public static readonly Error NoScopeLeft = Error.Invalid(Problem.Body("scopes", "A token needs at least one scope", "value_error"));
    public static readonly Error NotOwner = Error.Forbidden("token.forbidden", "Only its owner may change a token");
    public static readonly Error OnlyItself = Error.Forbidden("token.forbidden", "An access token may rotate only itself");
    public static readonly Error WideningNeedsSession = Error.Forbidden("token.session_required", "Widening scopes needs an interactive session");
    public static readonly Error NoMember = Error.Forbidden("token.forbidden", "Only members of the organization have tokens");
    public static readonly Error NeverNotAllowed = Error.Invalid(Problem.Body("expiresAt", "A token needs an end", "value_error"));
    public static readonly Error NotInTheFuture = Error.Invalid(Problem.Body("expiresAt", "The end should be in the future", "value_error"));
    public static readonly Error TooLong = Error.Invalid(Problem.Body("expiresAt", $"A token lives at most {TokenLife.MaxDays} days", "value_error"));

    public static Error UnknownScopes(IEnumerable<string> scopes) => Error.Invalid(Problem.Body("scopes", $"Unknown scopes: {string.Join(", ", scopes)}", "value_error"));

    public static Error BadNetworks(IEnumerable<string> networks) => Error.Invalid(Problem.Body("ipAllowList", $"Not an address or network: {string.Join(", ", networks)}", "value_error"));

    /// <summary>The token would be able to do what its maker is not.</summary>
    public static Error Escalation(string? missing) =>
        Error.Forbidden("token.privilege_escalation", "A token cannot be given more than its maker has") with { MissingPermission = missing };
}
