using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>What other areas do to tokens of users.</summary>
public sealed class AccessTokens(PlatformDbContext db, TokenDirectory directory, TimeProvider clock)
{
    /// <summary>
    /// Ends every token of a user, of every kind: all of them (a ban), or those of one organization (the end of a membership). Joins the transaction that is open;
    /// then the caller drops cached copies after its commit with <see cref="SessionDirectory.ForgetAll"/>.
    /// </summary>
    public async Task RevokeAsync(Guid userId, Guid? organizationId, CancellationToken ct)
    {
        var hashes = new List<string?>();
        await db.InTransactionAsync(
            async () =>
            {
                using var acting = db.ActAs(Caller.Platform);
                var live = db.AccessTokens.Where(token => token.UserId == userId && token.RevokedAt == null && (organizationId == null || token.OrganizationId == organizationId));
                await live.ExecuteUpdateAsync(set => set.SetProperty(token => token.Enabled, token => token.Enabled), ct); // locks the rows
                foreach (var token in await live.ToListAsync(ct))
                {
                    token.Revoke(clock.GetUtcNow());
                    hashes.AddRange([token.Hash, token.PreviousHash]);
                    db.Raise(new TokenRevoked(token.Id, token.Kind, token.Name) { OwnerId = userId, OrganizationId = token.OrganizationId });
                }
                return await db.SaveChangesAsync(ct);
            },
            ct);
        directory.Forget(hashes);
    }
}
