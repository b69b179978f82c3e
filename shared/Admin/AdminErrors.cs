namespace Platform.Admin;

/// <summary>What operators are refused. Families translate the codes to their own words.</summary>
public static class AdminErrors
{
    public static readonly Error LastOperator = Error.BadState("user.last_admin", "Cannot demote or deactivate the last admin");
    public static readonly Error OwnAccount = Error.BadState("user.own_account", "Cannot deactivate your own account");

    /// <summary>He owns organizations of others alone.</summary>
    public static Error SoleOwner(IReadOnlyList<string> organizations) =>
        Error.Conflict("user.last_owner", $"User is the only owner of: {string.Join(", ", organizations)}") with { More = new Dictionary<string, object> { ["organizations"] = organizations } };
}
