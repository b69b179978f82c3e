using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Identity;

/// <summary>What an account is made from; already of valid form. Without a password, and perhaps without e-mail, it belongs to somebody who signs in with a foreign account.</summary>
public sealed record NewAccount(string Username, string? Email, string? Password, PlatformRole Role = PlatformRole.User, bool IsActive = true, bool EmailVerified = false)
{
    /// <summary>Null: first and last name, else the username.</summary>
    public string? DisplayName { get; init; }

    public string? FirstName { get; init; }

    public string? LastName { get; init; }

    public string? AvatarUrl { get; init; }

    /// <summary>Adds what has to be stored together with the user and his personal organization.</summary>
    public Action<User, Organization>? Extend { get; init; }
}

/// <summary>Makes accounts: the user, his personal organization with him as owner, its default project and the event, in one transaction. Every way to sign up ends here.</summary>
public sealed class AccountFactory(PlatformDbContext db, AccountNames names, PersonalPlaces places, Passwords passwords, AccountMailbox mailbox, AuditTrail audit, TimeProvider clock)
{
    private const int Attempts = 4;

    public async Task<Result<User>> CreateAsync(NewAccount account, CancellationToken ct)
    {
        using var acting = db.ActAs(Caller.Platform);
        if (await names.TakenAsync(account.Username, account.Email, exceptUserId: null, ct) is { } taken)
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
                if (await names.TakenAsync(account.Username, account.Email, exceptUserId: null, ct) is { } nowTaken)
                    return nowTaken;
            }
        }
    }

    private async Task<User> AddAsync(NewAccount account, int attempt, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var user = User.Create(account.Username.Trim(), account.Email?.Trim(), account.Role, now);
        if (account.Password is { } password)
            user.SetPasswordHash(passwords.Hash(user, password), now);
        user.SetActive(account.IsActive, now);
        user.SetNames(DisplayNameOf(account), account.FirstName, account.LastName, now);
        user.SetAvatar(account.AvatarUrl, now);
        if (account.EmailVerified)
            user.MarkEmailVerified();
        else
            mailbox.PostVerification(user);

        var (organization, project) = await places.AddAsync(user, attempt, ct);
        db.Add(user);
        account.Extend?.Invoke(user, organization);
        audit.Target("user", user.Id, user.Username);
        db.Raise(new UserRegistered(user.Id, user.Username, user.Email) { OwnerId = user.Id, OrganizationId = organization.Id, ProjectId = project.Id });
        return user;
    }

    private static string DisplayNameOf(NewAccount account)
    {
        var name = account.DisplayName ?? string.Join(' ', ((string?[])[account.FirstName, account.LastName]).Where(part => !string.IsNullOrWhiteSpace(part)));
        return name.Length > 0 ? name : account.Username.Trim();
    }
}
