namespace Platform.Identity;

/// <summary>Why an operator may not act as somebody else.</summary>
public static class ImpersonationErrors
{
    public static readonly Error OperatorRequired = Error.Forbidden("auth.operator_required", "Admin access required");
    public static readonly Error Oneself = Error.Invalid("impersonation.oneself", "Cannot impersonate yourself");
    public static readonly Error Administrator = Error.Forbidden("impersonation.administrator", "Cannot impersonate an administrator");
    public static readonly Error Disabled = Error.Invalid("impersonation.disabled", "Cannot impersonate a banned or inactive user");
    public static readonly Error AlreadyRunning = Error.Conflict("impersonation.running", "Already impersonating");
    public static readonly Error NotRunning = Error.Invalid("impersonation.not_running", "Not currently impersonating");
    public static readonly Error NoOrganization = Error.NotFound("organization.not_found", "Organization not found");
}
