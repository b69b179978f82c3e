using Platform.Data;

namespace Platform.Identity;

/// <summary>An operator acts as somebody else: his own session, handed to the target until it is given back or its time is over. One that is open per session.</summary>
[PlatformScoped]
public sealed class Impersonation
{
    private static readonly string[] Withheld =
    [
        Identity.Permissions.ProfileWrite,
        Identity.Permissions.TokensManage,
        Identity.Permissions.TokensAdmin,
        Identity.Permissions.JobKeysCreate,
        Identity.Permissions.JobKeysUpdate,
        Identity.Permissions.InferenceKeysManage,
        Identity.Permissions.WebhooksManage,
        Identity.Permissions.DatabasesCredentials,
        Identity.Permissions.VariablesDecrypt,
        Identity.Permissions.OrganizationsDelete,
    ];

    /// <summary>
    /// The most that an impersonating session may do, whatever the target's roles: everything but what changes the account, makes or shows credentials and secrets,
    /// deletes an organization, or is an operator's. Operations that need more than a permission to be told say so themselves.
    /// </summary>
    public static readonly PermissionSet Permissions =
        PermissionSet.Of(PermissionRegistry.All.Where(entry => entry.Holder != PermissionHolder.Platform).Select(entry => entry.Name)).Except(PermissionSet.Of(Withheld));

    public required Guid Id { get; init; }

    public required Guid SessionId { get; init; }

    public required Guid OperatorId { get; init; }

    public required Guid TargetId { get; init; }

    /// <summary>Where the target's session began.</summary>
    public required Guid OrganizationId { get; init; }

    /// <summary>Where the operator was, and comes back to.</summary>
    public required Guid ReturnOrganizationId { get; init; }

    public required Guid ReturnProjectId { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset EndsAt { get; init; }

    /// <summary>When it was given back; null while it is open, also past its end.</summary>
    public DateTimeOffset? EndedAt { get; private set; }

    public void End(DateTimeOffset now) => EndedAt ??= now;
}
