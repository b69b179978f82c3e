using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>What an account is made from; already of valid form.</summary>
public sealed record NewAccount(string Username, string Email, string Password, PlatformRole Role = PlatformRole.User, bool IsActive = true, bool EmailVerified = false);

/// <summary>Makes accounts: the user, his personal organization with him as owner, its default project and the event, in one transaction. Every way to sign up ends here.</summary>
public sealed class AccountFactory(PlatformDbContext db, Passwords passwords, TimeProvider clock)
{
    private const int Attempts = 4;

    public async Task<Result<User>> CreateAsync(NewAccount account, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        if (await TakenAsync(account, ct) is { } taken)
            return taken;
        for (var attempt = 1; ; attempt++)
        {
            var user = await AddAsync(account, attempt, ct);
            try
            {
                await db.SaveChangesAsync(ct);
                return user;
            }
            catch (DbUpdateException lost) when (lost.IsUniqueViolation() && attempt < Attempts)
            {
                db.Discard();   // lost a race for the name, the e-mail or the organization's slug
                if (await TakenAsync(account, ct) is { } nowTaken)
                    return nowTaken;
            }
        }
    }

    private async Task<Error?> TakenAsync(NewAccount account, CancellationToken ct)
    {
        var (username, email) = (User.Key(account.Username), User.Key(account.Email));
        var taken = await db.Users.Where(user => user.UsernameKey == username || user.UsernameKey == email || user.EmailKey == email || user.EmailKey == username)
            .Select(user => new { user.UsernameKey, user.EmailKey }).ToListAsync(ct);
        if (taken.Count == 0)
            return null;
        return taken.Exists(user => user.UsernameKey == username || user.EmailKey == username) ? IdentityErrors.UsernameTaken : IdentityErrors.EmailTaken;
    }

    private async Task<User> AddAsync(NewAccount account, int attempt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var user = User.Create(account.Username.Trim(), account.Email.Trim(), account.Role, now);
        user.SetPasswordHash(passwords.Hash(user, account.Password), now);
        user.SetActive(account.IsActive, now);
        if (account.EmailVerified)
            user.MarkEmailVerified();

        var organization = Organization.Personal(user, await FreeSlugAsync(user.Username, attempt, ct), now);
        var project = Project.Default(organization.Id, now);
        db.Add(user);
        db.Add(organization);
        db.Add(project);
        db.Add(new Membership { Id = Guid.CreateVersion7(now), OrganizationId = organization.Id, UserId = user.Id, Role = OrganizationRole.Owner, JoinedAt = now });
        db.Raise(new UserRegistered(user.Id, user.Username, user.Email) { OwnerId = user.Id, OrganizationId = organization.Id, ProjectId = project.Id });
        return user;
    }

    private async Task<string> FreeSlugAsync(string name, int attempt, CancellationToken ct)
    {
        var slug = Slug.Of(name);
        return attempt == 1 && !await db.Organizations.AnyAsync(organization => organization.Slug == slug, ct)
            ? slug
            : $"{slug}-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(attempt == 1 ? 2 : 4))}";
    }
}
