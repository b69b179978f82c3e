using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Changes of one token, one at a time over all nodes; copies of it in this process are dropped after the commit.</summary>
public sealed class TokenChange(PlatformDbContext db, TokenDirectory directory)
{
    /// <param name="change">May only refuse before it has changed anything.</param>
    public async Task<Result<T>> RunAsync<T>(Guid id, Func<AccessToken, Result<T>> change, CancellationToken ct)
    {
        var hashes = new List<string?>();
        var result = await db.InTransactionAsync(
            async () =>
            {
                await db.AccessTokens.Where(token => token.Id == id).ExecuteUpdateAsync(set => set.SetProperty(token => token.Enabled, token => token.Enabled), ct); // locks the row
                if (await db.AccessTokens.Include(token => token.Projects).SingleOrDefaultAsync(token => token.Id == id, ct) is not { } found)
                    return TokenErrors.NotFound;
                hashes.AddRange([found.Hash, found.PreviousHash]);
                var outcome = change(found);
                if (outcome.IsOk)
                    await db.SaveChangesAsync(ct);
                hashes.AddRange([found.Hash, found.PreviousHash]);
                return outcome;
            },
            ct);
        directory.Forget(hashes);
        return result;
    }
}
