using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>A user in the organization of his session.</summary>
public sealed record Profile(User User, Organization Organization);

/// <summary>Shows and changes what users say of themselves.</summary>
public sealed class ProfileService(PlatformDbContext db, AccountNames names, UsernameDerivation usernames, AccountMailbox mailbox, SessionService sessions, AuditTrail audit)
{
    public async Task<Result<User>> FindAsync(Guid userId, CancellationToken ct) =>
        await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId, ct) is { } user ? user : IdentityErrors.SessionInvalid;

    public async Task<Result<Profile>> FindAsync(Guid userId, Guid organizationId, CancellationToken ct)
    {
        var found = from user in db.Users.AsNoTracking()
                    from organization in db.Organizations.AsNoTracking()
                    where user.Id == userId && organization.Id == organizationId
                    select new Profile(user, organization);
        return await found.SingleOrDefaultAsync(ct) is { } profile ? profile : IdentityErrors.SessionInvalid;
    }

    /// <summary>A changed address is unverified again. A username that was the former address follows it.</summary>
    public async Task<Result<User>> ChangeAsync(Guid userId, ProfileChange change, CancellationToken ct)
    {
        if (await db.Users.SingleOrDefaultAsync(found => found.Id == userId, ct) is not { } user)
            return IdentityErrors.SessionInvalid;
        var email = change.Email is { } address && User.Key(address) != user.EmailKey ? address : null;
        var username = change.Username ?? await FollowingAsync(user, email, ct);
        if (await names.TakenAsync(username, email ?? user.Email, user.Id, ct) is { } taken)
            return taken;
        var fields = Apply(user, username, email, change);
        return fields.Count == 0 ? user : await StoreAsync(user, fields, ct);
    }

    private async Task<string> FollowingAsync(User user, string? email, CancellationToken ct)
    {
        if (email is null || user.UsernameKey != user.EmailKey)
            return user.Username;
        return await usernames.AddressOrFreeAsync(email, ct);
    }

    private List<string> Apply(User user, string username, string? email, ProfileChange change)
    {
        var (now, before) = (sessions.Now, (user.Username, user.Email, user.DisplayName, user.FirstName, user.LastName, user.AvatarUrl));
        if (email is not null)
        {
            user.ChangeEmail(email, verified: false, now);
            mailbox.PostVerification(user);
        }
        if (username != user.Username)
            user.Rename(username, now);
        if (change is not { DisplayName: null, FirstName: null, LastName: null })
            user.SetNames(change.DisplayName ?? user.DisplayName, Of(change.FirstName, user.FirstName), Of(change.LastName, user.LastName), now);
        if (change.AvatarUrl is { } avatar)
            user.SetAvatar(avatar.Value, now);

        var fields = new List<string>();
        Note("username", before.Username, user.Username);
        Note("email", before.Email, user.Email);
        Note("display_name", before.DisplayName, user.DisplayName);
        Note("first_name", before.FirstName, user.FirstName);
        Note("last_name", before.LastName, user.LastName);
        Note("avatar_url", before.AvatarUrl, user.AvatarUrl);
        return fields;

        void Note(string field, string? from, string? to)
        {
            if (from == to)
                return;
            fields.Add(field);
            audit.Change(field, from, to);
        }
    }

    private async Task<Result<User>> StoreAsync(User user, List<string> fields, CancellationToken ct)
    {
        audit.Target("user", user.Id, user.Username);
        db.Raise(new UserUpdated(user.Id, fields) { OwnerId = user.Id });
        try
        {
            await db.SaveChangesAsync(ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            db.Discard();
            return await names.TakenAsync(user.Username, user.Email, user.Id, ct) ?? IdentityErrors.EmailTaken;
        }
        sessions.ForgetAll();
        return user;
    }

    // Blank clears it.
    private static string? Of(Given<string?>? given, string? before) => given is null ? before : string.IsNullOrWhiteSpace(given.Value) ? null : given.Value.Trim();
}
