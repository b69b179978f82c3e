using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Where people have accounts that they may sign in with.</summary>
public enum IdentityProvider
{
    Github,
    Vercel,
}

/// <summary>
/// A user's account at a provider. The row belongs to his personal organization, whose data key seals the tokens; it has none while
/// <see cref="NeedsReauth"/>, until the next sign-in or connection brings new ones.
/// </summary>
public sealed class LinkedIdentity : IUserOwned
{
    private LinkedIdentity()
    {
    }

    public Guid Id { get; private init; }

    public Guid UserId { get; private set; }

    /// <summary>The user's personal organization.</summary>
    public Guid OrganizationId { get; private set; }

    public IdentityProvider Provider { get; private init; }

    /// <summary>The provider's id of the account, which survives a change of its name.</summary>
    public string ExternalUserId { get; private init; } = "";

    public string Username { get; private set; } = "";

    /// <summary>Sealed.</summary>
    public string? AccessToken { get; private set; }

    /// <summary>Sealed.</summary>
    public string? RefreshToken { get; private set; }

    /// <summary>As the provider granted it.</summary>
    public string? Scope { get; private set; }

    public DateTimeOffset? ExpiresAt { get; private set; }

    public bool NeedsReauth { get; private set; }

    /// <summary>The user's account was made with it.</summary>
    public bool IsPrimary { get; private set; }

    /// <summary>When the profile was last asked for.</summary>
    public DateTimeOffset ProfileReadAt { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public static LinkedIdentity Create(IdentityProvider provider, ProviderProfile profile, IdentityOwner owner, bool isPrimary, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        UserId = owner.UserId,
        OrganizationId = owner.OrganizationId,
        Provider = provider,
        ExternalUserId = profile.ExternalUserId,
        Username = profile.Username,
        NeedsReauth = true,
        IsPrimary = isPrimary,
        ProfileReadAt = now,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>Takes over what a finished flow brought.</summary>
    internal void Renew(ProviderProfile profile, SealedTokens tokens, DateTimeOffset now)
    {
        Username = profile.Username;
        (AccessToken, RefreshToken, Scope, ExpiresAt, NeedsReauth) = (tokens.Access, tokens.Refresh, tokens.Scope, tokens.ExpiresAt, false);
        (ProfileReadAt, UpdatedAt) = (now, now);
    }

    /// <summary>Goes to another user; his tokens have to be sealed anew.</summary>
    internal void MoveTo(IdentityOwner owner, bool isPrimary) => (UserId, OrganizationId, IsPrimary) = (owner.UserId, owner.OrganizationId, isPrimary);
}

/// <summary>A user and his personal organization.</summary>
public readonly record struct IdentityOwner(Guid UserId, Guid OrganizationId);
