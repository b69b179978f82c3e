namespace Platform.Domains;

public static class DomainErrors
{
    public static readonly Error NotFound = Error.NotFound("domain.not_found", "Domain not found");
    public static readonly Error Malformed = Refuse("This is no domain name");
    public static readonly Error SingleLabel = Refuse("A domain name has at least two parts");
    public static readonly Error Address = Refuse("An address is no domain name");
    public static readonly Error Reserved = Refuse("This name is reserved for local use");
    public static readonly Error Platforms = Refuse("This name is the platform's own");
    public static readonly Error Taken = Error.Conflict("domain.conflict", "The organization has this domain already");
    public static readonly Error NotVerified = Error.Conflict("domain.not_verified", "Only a verified domain can be the primary one");
    public static readonly Error Primary = Error.Conflict("domain.primary_domain", "Choose another primary domain first");
    public static readonly Error RedirectedTo = Error.Conflict("domain.redirect_target", "Another domain redirects to this one");
    public static readonly Error UnknownRedirect = Error.Invalid(Problem.Body("redirectTo", "Is no other domain of the project", "value_error"));
    public static readonly Error UnknownFunction = Error.Invalid(Problem.Body("target.functionId", "Is no function of the project", "value_error"));
    public static readonly Error RedirectLoop = Error.Invalid(Problem.Body("redirectTo", "The redirects would go in a circle", "value_error"));
    public static readonly Error Stale = Error.Conflict("domain.conflict", "The domain was changed by somebody else in the meantime");

    public static Error TooMany(int maximum) => Error.Conflict("domain.too_many", $"A project can have at most {maximum} domains");

    public static Error AskedTooOften(TimeSpan remaining) => new(ErrorKind.RateLimited, "request.rate_limited", "This domain was checked often just now") { RetryAfter = remaining };

    private static Error Refuse(string message) => Error.Invalid(Problem.Body("name", message, "value_error"));
}
