using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity.OAuth;
using Platform.Secrets;

namespace Platform.Agents;

/// <summary>Keys become the other's, sealed anew for him, unless he has one of the provider; what counts against a limit is not handed over.</summary>
internal sealed class AgentMove(PlatformDbContext db, ISecretBox secrets) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(ProviderKey), typeof(UsageCounter)];

    public async Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var own = await db.ProviderKeys.Where(key => key.UserId == account.Into.UserId).Select(key => key.Provider).ToListAsync(ct);
        foreach (var key in await db.ProviderKeys.Where(key => key.UserId == account.From.UserId).ToListAsync(ct))
        {
            db.Remove(key);
            if (!own.Contains(key.Provider) && await SealForAsync(account, key, ct) is { } box)
                db.Add(new ProviderKey { UserId = account.Into.UserId, Provider = key.Provider, OrganizationId = account.Into.OrganizationId, Value = box, CreatedAt = key.CreatedAt, UpdatedAt = key.UpdatedAt });
        }

        await db.SaveChangesAsync(ct);
    }

    // A key that cannot be opened counts as absent, here as everywhere.
    private async Task<string?> SealForAsync(AbsorbedAccount account, ProviderKey key, CancellationToken ct)
    {
        try
        {
            var plain = await secrets.OpenAsync(key.OrganizationId, ProviderKey.AssociatedData(key.UserId, key.Provider), key.Value, ct);
            return await secrets.SealAsync(account.Into.OrganizationId, ProviderKey.AssociatedData(account.Into.UserId, key.Provider), plain, ct);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
