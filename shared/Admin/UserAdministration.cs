using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Admin;

/// <summary>Operators make and change users. One service behind the faces of all families.</summary>
public sealed class UserAdministration(
    PlatformDbContext db, Caller caller, AccountFactory accounts, AccountNames names, NewPasswords passwords, OperatorChange operators, UserEffects effects)
{
    /// <summary>A verified account with its personal organization and default project.</summary>
    public async Task<Result<User>> CreateAsync(NewAccount account, CancellationToken ct)
    {
        if (await passwords.RefusalAsync(account.Password!, account.Username, account.Email, ct) is { } weak)
            return weak;
        return await accounts.CreateAsync(account with { EmailVerified = true }, ct);
    }

    public async Task<Result<User>> ChangeAsync(Guid userId, UserChange change, CancellationToken ct)
    {
        if (await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == userId, ct) is not { } known)
            return IdentityErrors.UserNotFound;
        string? hash = null;
        if (change.Password is { } password)
        {
            var hashed = await passwords.HashAsync(known, password, change.Username ?? known.Username, change.Email ?? known.Email, ct);
            if (!hashed.IsOk)
                return hashed.Error;
            hash = hashed.Value;
        }
        try
        {
            return await operators.RunAsync(now => ApplyAsync(userId, change, hash, now, ct), ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            db.Discard();   // somebody registered with the name or address in the meantime
            return await names.TakenAsync(change.Username ?? known.Username, change.Email ?? known.Email, userId, ct) ?? IdentityErrors.UsernameTaken;
        }
    }

    private async Task<Result<User>> ApplyAsync(Guid userId, UserChange change, string? hash, DateTimeOffset now, CancellationToken ct)
    {
        if (await db.Users.SingleOrDefaultAsync(user => user.Id == userId, ct) is not { } user)
            return IdentityErrors.UserNotFound;
        if (await RefusalAsync(user, change, ct) is { } refusal)
            return refusal;
        var edit = new UserEdit(user, change, hash, now);
        edit.Apply();
        var limits = change.Limits is { } wanted ? await effects.LimitAsync(userId, wanted, now, ct) : [];
        await effects.ChangedAsync(user, [.. edit.Changes, .. limits], edit, ct);
        return user;
    }

    private async Task<Error?> RefusalAsync(User user, UserChange change, CancellationToken ct)
    {
        if (change.IsActive == false && user.IsActive && user.Id == caller.UserId)
            return AdminErrors.OwnAccount;
        var leaves = user is { PlatformRole: PlatformRole.Admin, IsActive: true } && (change.Role == PlatformRole.User || change.IsActive == false);
        if (leaves && !await operators.OthersRemainAsync(user.Id, ct))
            return AdminErrors.LastOperator;
        var username = change.Username ?? (user.UsernameKey == user.EmailKey ? change.Email : null) ?? user.Username;
        return change.Username is null && change.Email is null ? null : await names.TakenAsync(username, change.Email ?? user.Email, user.Id, ct);
    }
}
