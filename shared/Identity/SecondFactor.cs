using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Checks codes of second factors, each of which works once, whoever races for it.</summary>
public sealed class SecondFactor(PlatformDbContext db, TwoFactorSecrets secrets, TimeProvider clock)
{
    /// <summary>Null when the user needs no code, or this one is right: of his app, or one of his recovery codes.</summary>
    public async Task<Error?> CheckAsync(User user, string? code, CancellationToken ct)
    {
        if (await db.TwoFactors.AsNoTracking().SingleOrDefaultAsync(row => row.UserId == user.Id && row.EnabledAt != null, ct) is not { } factor)
            return null;
        if (string.IsNullOrWhiteSpace(code))
            return IdentityErrors.TwoFactorRequired;
        var text = code.Replace(" ", "", StringComparison.Ordinal);
        var right = Totp.IsCode(text) ? await TakeCodeAsync(factor, text, ct) : await TakeRecoveryCodeAsync(user.Id, text, ct);
        return right ? null : IdentityErrors.TwoFactorInvalid;
    }

    /// <summary>Whether the code is of the user's app and was not taken before; takes it.</summary>
    public async Task<bool> TakeCodeAsync(TwoFactor factor, string code, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (!Totp.IsCode(code) || Totp.StepOf(await secrets.OpenAsync(factor, ct), code, now) is not { } step)
            return false;
        var row = db.TwoFactors.Where(stored => stored.UserId == factor.UserId && stored.Secret == factor.Secret && stored.LastStep < step);
        return await db.InTransactionAsync(() => row.ExecuteUpdateAsync(set => set.SetProperty(stored => stored.LastStep, step), ct), ct) > 0;
    }

    private async Task<bool> TakeRecoveryCodeAsync(Guid userId, string code, CancellationToken ct)
    {
        var (hash, now) = (RecoveryCode.HashOf(code), clock.GetUtcNow());
        var row = db.RecoveryCodes.Where(stored => stored.UserId == userId && stored.Hash == hash && stored.UsedAt == null);
        return await db.InTransactionAsync(() => row.ExecuteUpdateAsync(set => set.SetProperty(stored => stored.UsedAt, now), ct), ct) > 0;
    }
}
