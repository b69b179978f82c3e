using Platform.Audit;
using Platform.Identity;

namespace Platform.Admin;

/// <summary>Applies a change to a user and keeps what really differs.</summary>
internal sealed class UserEdit(User user, UserChange change, string? passwordHash, DateTimeOffset now)
{
    private readonly List<AuditChange> _changes = [];

    public IReadOnlyList<AuditChange> Changes => _changes;

    /// <summary>His sessions end with it.</summary>
    public bool EndsSessions { get; private set; }

    public bool SetsPassword => passwordHash is not null;

    public void Apply()
    {
        ApplyAccount();
        ApplyNames();
        if (change.Role is { } role && Differs("role", user.PlatformRole, role, endsSessions: true))
            user.SetRole(role, now);
        if (change.IsActive is { } active && Differs("is_active", user.IsActive, active, endsSessions: !active))
            user.SetActive(active, now);
        if (passwordHash is null)
            return;
        _changes.Add(AuditChange.OfSecret("password"));
        user.SetPasswordHash(passwordHash, now);
        EndsSessions = true;
    }

    private void ApplyAccount()
    {
        // An operator vouches for the address he writes.
        if (change.Email is { } email && Differs("email", user.Email, email))
            user.ChangeEmail(email, verified: true, now);
        if (change.Username is { } username && Differs("username", user.Username, username))
            user.Rename(username, now);
    }

    private void ApplyNames()
    {
        var (display, first, last) = (change.DisplayName ?? user.DisplayName, Cleared(change.FirstName, user.FirstName), Cleared(change.LastName, user.LastName));
        if (Differs("display_name", user.DisplayName, display) | Differs("first_name", user.FirstName, first) | Differs("last_name", user.LastName, last))
            user.SetNames(display, first, last, now);
    }

    private bool Differs<T>(string field, T before, T after, bool endsSessions = false)
    {
        if (EqualityComparer<T>.Default.Equals(before, after))
            return false;
        _changes.Add(new AuditChange(field, before, after));
        EndsSessions |= endsSessions;
        return true;
    }

    private static string? Cleared(string? given, string? present) => given is null ? present : string.IsNullOrWhiteSpace(given) ? null : given.Trim();
}
