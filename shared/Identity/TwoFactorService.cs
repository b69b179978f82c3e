using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Shown once.</summary>
public sealed record TwoFactorSetup(string OtpauthUri, string Secret, IReadOnlyList<string> RecoveryCodes);

public sealed record TwoFactorStatus(bool Enabled, int RecoveryCodesLeft);

/// <summary>Users set up their second factor: the password shows the secret, a first code switches it on, the password takes it away.</summary>
public sealed class TwoFactorService(
    PlatformDbContext db, CurrentPassword current, TwoFactorSecrets secrets, SecondFactor second, SignInGuard guard, AuditTrail audit, TimeProvider clock)
{
    private const int Codes = 10;

    public async Task<TwoFactorStatus> FindAsync(Guid userId, CancellationToken ct)
    {
        if (!await db.TwoFactors.AnyAsync(row => row.UserId == userId && row.EnabledAt != null, ct))
            return new TwoFactorStatus(false, 0);
        return new TwoFactorStatus(true, await db.RecoveryCodes.CountAsync(code => code.UserId == userId && code.UsedAt == null, ct));
    }

    /// <summary>Begins, or begins anew, as long as it is not on.</summary>
    public async Task<Result<TwoFactorSetup>> BeginAsync(Guid userId, string password, CancellationToken ct)
    {
        var proven = await current.ProveAsync(userId, password, ct);
        if (!proven.IsOk)
            return proven.Error;
        var secret = RandomNumberGenerator.GetBytes(Totp.SecretBytes);
        string[] codes = [.. Enumerable.Range(0, Codes).Select(_ => RecoveryCode.Create())];
        var factor = new TwoFactor { UserId = userId, Secret = await secrets.SealAsync(userId, secret, ct), CreatedAt = clock.GetUtcNow() };
        if (!await StoreAsync(factor, codes, ct))
            return TwoFactorErrors.AlreadyOn;
        var text = Totp.ToBase32(secret);
        return new TwoFactorSetup(Totp.UriOf(text, proven.Value.Email ?? proven.Value.Username), text, codes);
    }

    /// <summary>Switches it on with a code of the app. Wrong ones count with the failed sign-ins.</summary>
    public async Task<Result<Nothing>> ConfirmAsync(Guid userId, string code, CancellationToken ct)
    {
        var user = await db.Users.SingleAsync(found => found.Id == userId, ct);
        using var turn = await guard.TakeTurnAsync(user, user.Username, ct);
        if (await guard.RefusalAsync(user, user.Username, ct) is { } locked)
            return locked;
        if (await db.TwoFactors.AsNoTracking().SingleOrDefaultAsync(row => row.UserId == userId, ct) is not { } factor)
            return TwoFactorErrors.NotStarted;
        if (factor.EnabledAt is not null)
            return TwoFactorErrors.AlreadyOn;
        if (!await second.TakeCodeAsync(factor, code.Replace(" ", "", StringComparison.Ordinal), ct))
            return await guard.FailedAsync(user, user.Username, ct) ?? TwoFactorErrors.WrongCode;
        var now = clock.GetUtcNow();
        return await ChangeAsync(
            user,
            () => db.TwoFactors.Where(row => row.UserId == userId && row.Secret == factor.Secret && row.EnabledAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(row => row.EnabledAt, now), ct),
            TwoFactorErrors.AlreadyOn,
            ct);
    }

    public async Task<Result<Nothing>> RemoveAsync(Guid userId, string password, CancellationToken ct)
    {
        var proven = await current.ProveAsync(userId, password, ct);
        if (!proven.IsOk)
            return proven.Error;
        return await ChangeAsync(proven.Value, () => DeleteAsync(userId, enabled: true, ct), TwoFactorErrors.NotOn, ct);
    }

    // One who raced and lost finds nothing left to change.
    private async Task<Result<Nothing>> ChangeAsync(User user, Func<Task<int>> change, Error lost, CancellationToken ct)
    {
        var changed = await db.InTransactionAsync(
            async () =>
            {
                if (await change() == 0)
                    return false;
                audit.Target("user", user.Id, user.Username);
                db.Raise(new UserUpdated(user.Id, ["two_factor"]) { OwnerId = user.Id });
                await db.SaveChangesAsync(ct);
                return true;
            },
            ct);
        return changed ? new Nothing() : lost;
    }

    private async Task<bool> StoreAsync(TwoFactor factor, string[] codes, CancellationToken ct)
    {
        try
        {
            return await db.InTransactionAsync(
                async () =>
                {
                    if (await db.TwoFactors.AnyAsync(row => row.UserId == factor.UserId && row.EnabledAt != null, ct))
                        return false;
                    await DeleteAsync(factor.UserId, enabled: false, ct);
                    db.Add(factor);
                    db.AddRange(codes.Select(code => new RecoveryCode { UserId = factor.UserId, Hash = RecoveryCode.HashOf(code) }));
                    await db.SaveChangesAsync(ct);
                    return true;
                },
                ct);
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation())
        {
            db.Discard();   // begun, or switched on, by another request at the same time
            return false;
        }
    }

    private async Task<int> DeleteAsync(Guid userId, bool enabled, CancellationToken ct)
    {
        var deleted = await db.TwoFactors.Where(row => row.UserId == userId && row.EnabledAt != null == enabled).ExecuteDeleteAsync(ct);
        if (deleted > 0 || !enabled)
            await db.RecoveryCodes.Where(code => code.UserId == userId).ExecuteDeleteAsync(ct);
        return deleted;
    }
}
