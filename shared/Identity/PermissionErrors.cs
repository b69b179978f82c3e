namespace Platform.Identity;

/// <summary>Refusals of a caller who lacks a permission.</summary>
public static class PermissionErrors
{
    public const string ScopeCode = "auth.insufficient_scope";
    public const string PermissionCode = "auth.permission_missing";

    public static Error Missing(Caller caller, string permission) => Missing(permission, caller.Credential == CredentialKind.AccessToken);

    /// <param name="fromToken">The caller came with an access token.</param>
    public static Error Missing(string permission, bool fromToken) => fromToken
        ? new(ErrorKind.Forbidden, ScopeCode, "Insufficient scope") { MissingPermission = permission }
        : new(ErrorKind.Forbidden, PermissionCode, "Insufficient permissions") { MissingPermission = permission };
}
