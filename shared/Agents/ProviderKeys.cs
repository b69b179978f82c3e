using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Identity;
using Platform.Secrets;

namespace Platform.Agents;

/// <summary>A key that can be used, and whose it is.</summary>
public sealed record ResolvedKey(string Value, KeySource Source);

/// <summary>
/// Users' keys of model providers. They belong to the user's personal organization, so every use here is in its name: the keys work whatever organization is active
/// and with access tokens of any.
/// </summary>
public sealed class ProviderKeys(PlatformDbContext db, ISecretBox secrets, AuditTrail audit, IOptions<AgentOptions> options, TimeProvider clock, ILogger<ProviderKeys> log)
{
    public async Task<IReadOnlyList<ProviderKeyView>> ListAsync(Guid userId, CancellationToken ct)
    {
        using var acting = await ActForAsync(userId, ct);
        return await db.ProviderKeys.AsNoTracking().Where(key => key.UserId == userId).OrderBy(key => key.Provider)
            .Select(key => new ProviderKeyView(key.Provider, key.CreatedAt, key.UpdatedAt)).ToListAsync(ct);
    }

    /// <param name="value">Of good form.</param>
    public async Task SaveAsync(Guid userId, KeyProvider provider, string value, CancellationToken ct)
    {
        using var acting = await ActForAsync(userId, ct);
        var organization = db.Caller.OrganizationId!.Value;
        var box = await secrets.SealAsync(organization, ProviderKey.AssociatedData(userId, provider), value, ct);
        while (!await TrySaveAsync(userId, organization, provider, box, ct))
            db.Discard();   // a parallel request made the row: replace it
    }

    public async Task DeleteAsync(Guid userId, KeyProvider provider, CancellationToken ct)
    {
        using var acting = await ActForAsync(userId, ct);
        if (await db.ProviderKeys.SingleOrDefaultAsync(key => key.UserId == userId && key.Provider == provider, ct) is not { } found)
            return;
        db.Remove(found);
        audit.Target("api_key", EnumWords<KeyProvider>.ToWord(provider));
        db.Raise(new ProviderKeyDeleted(userId, EnumWords<KeyProvider>.ToWord(provider)) { OwnerId = userId });
        await db.SaveChangesAsync(ct);
    }

    /// <summary>The user's key, else the platform's, else null. A key that cannot be opened counts as absent.</summary>
    public async Task<ResolvedKey?> ResolveAsync(Guid userId, KeyProvider provider, CancellationToken ct)
    {
        if (await OpenAsync(userId, provider, ct) is { } own)
            return new ResolvedKey(own, KeySource.User);
        return options.Value.Keys.TryGetValue(EnumWords<KeyProvider>.ToWord(provider), out var shared) ? new ResolvedKey(shared, KeySource.Platform) : null;
    }

    private async Task<bool> TrySaveAsync(Guid userId, Guid organization, KeyProvider provider, string box, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        if (await db.ProviderKeys.SingleOrDefaultAsync(key => key.UserId == userId && key.Provider == provider, ct) is { } found)
            (found.Value, found.UpdatedAt) = (box, now);
        else
            db.Add(new ProviderKey { UserId = userId, Provider = provider, OrganizationId = organization, Value = box, CreatedAt = now, UpdatedAt = now });
        audit.Target("api_key", EnumWords<KeyProvider>.ToWord(provider));
        db.Raise(new ProviderKeySaved(userId, EnumWords<KeyProvider>.ToWord(provider)) { OwnerId = userId });
        try
        {
            await db.SaveChangesAsync(ct);
            return true;
        }
        catch (DbUpdateException lost) when (lost.IsUniqueViolation() || lost is DbUpdateConcurrencyException)
        {
            return false;
        }
    }

    private async Task<string?> OpenAsync(Guid userId, KeyProvider provider, CancellationToken ct)
    {
        using var acting = await ActForAsync(userId, ct);
        if (await db.ProviderKeys.AsNoTracking().SingleOrDefaultAsync(key => key.UserId == userId && key.Provider == provider, ct) is not { } found)
            return null;
        try
        {
            return await secrets.OpenAsync(found.OrganizationId, ProviderKey.AssociatedData(userId, provider), found.Value, ct);
        }
        catch (CryptographicException fault)
        {
            log.LogWarning(fault, "The {Provider} key of user {UserId} cannot be opened", provider, userId);
            return null;
        }
    }

    private async Task<IDisposable> ActForAsync(Guid userId, CancellationToken ct)
    {
        var organization = await db.Organizations.Where(found => found.PersonalUserId == userId).Select(found => found.Id).SingleAsync(ct);
        return db.ActAs(Caller.System(organization));
    }
}
