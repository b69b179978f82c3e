using Platform.Data;

namespace Platform.Identity;

public enum PlatformRole
{
    User,
    Admin,
}

/// <summary>A person. One store for all sign-in routes; username and e-mail are unique without regard to case, over both.</summary>
[PlatformScoped]
public sealed class User
{
    private User()
    {
    }

    public Guid Id { get; private init; }

    public string Username { get; private set; } = "";

    /// <summary>The username in lower case; carries the uniqueness.</summary>
    public string UsernameKey { get; private set; } = "";

    /// <summary>Null only for users made by a foreign sign-in.</summary>
    public string? Email { get; private set; }

    public string? EmailKey { get; private set; }

    public string DisplayName { get; private set; } = "";

    public string? FirstName { get; private set; }

    public string? LastName { get; private set; }

    public string? AvatarUrl { get; private set; }

    /// <summary>Null when the user signs in by a foreign provider only.</summary>
    public string? PasswordHash { get; private set; }

    public PlatformRole PlatformRole { get; private set; }

    public bool IsActive { get; private set; }

    public DateTimeOffset? BannedUntil { get; private set; }

    public string? BanReason { get; private set; }

    public bool EmailVerified { get; private set; }

    public Guid? LastOrganizationId { get; private set; }

    public Guid? LastProjectId { get; private set; }

    public DateTimeOffset CreatedAt { get; private init; }

    public DateTimeOffset UpdatedAt { get; private set; }

    public DateTimeOffset? LastLoginAt { get; private set; }

    public long Version { get; private set; }

    /// <summary>The end of a ban that has none.</summary>
    public static readonly DateTimeOffset Forever = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);

    public static User Create(string username, string? email, PlatformRole role, DateTimeOffset now) => new()
    {
        Id = Guid.CreateVersion7(now),
        Username = username,
        UsernameKey = Key(username),
        Email = email,
        EmailKey = email is null ? null : Key(email),
        DisplayName = username,
        PlatformRole = role,
        IsActive = true,
        CreatedAt = now,
        UpdatedAt = now,
    };

    /// <summary>The form of a name or e-mail under which it is unique.</summary>
    public static string Key(string text) => text.Trim().ToLowerInvariant();

    /// <summary>Active and not banned.</summary>
    public bool IsEnabled(DateTimeOffset now) => IsActive && !(BannedUntil > now);

    public void SetPasswordHash(string hash, DateTimeOffset now)
    {
        PasswordHash = hash;
        Touch(now);
    }

    public void SetActive(bool active, DateTimeOffset now)
    {
        IsActive = active;
        Touch(now);
    }

    public void MarkEmailVerified()
    {
        EmailVerified = true;
        Version++;   // so that a change of the address at the same time is refused, and does not inherit it
    }

    public void Rename(string username, DateTimeOffset now)
    {
        (Username, UsernameKey) = (username, Key(username));
        Touch(now);
    }

    /// <summary>A username that is the old address follows it.</summary>
    public void ChangeEmail(string email, bool verified, DateTimeOffset now)
    {
        if (EmailKey == UsernameKey)
            (Username, UsernameKey) = (email, Key(email));
        (Email, EmailKey, EmailVerified) = (email, Key(email), verified);
        Touch(now);
    }

    /// <summary>Never rewrites the display name from first and last name.</summary>
    public void SetNames(string displayName, string? firstName, string? lastName, DateTimeOffset now)
    {
        (DisplayName, FirstName, LastName) = (displayName, firstName, lastName);
        Touch(now);
    }

    public void SetAvatar(string? url, DateTimeOffset now)
    {
        AvatarUrl = url;
        Touch(now);
    }

    public void SetRole(PlatformRole role, DateTimeOffset now)
    {
        PlatformRole = role;
        Touch(now);
    }

    /// <param name="until">Null: for ever.</param>
    public void Ban(DateTimeOffset? until, string reason, DateTimeOffset now)
    {
        (BannedUntil, BanReason) = (until ?? Forever, reason);
        Touch(now);
    }

    public void Unban(DateTimeOffset now)
    {
        (BannedUntil, BanReason) = (null, null);
        Touch(now);
    }

    /// <summary>A sign-in; remembers where the next session begins.</summary>
    public void SignedIn(Guid organizationId, Guid projectId, DateTimeOffset now)
    {
        LastOrganizationId = organizationId;
        LastProjectId = projectId;
        LastLoginAt = now;
    }

    private void Touch(DateTimeOffset now)
    {
        UpdatedAt = now;
        Version++;
    }
}
