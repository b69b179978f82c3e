using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>
/// Changes members, roles and assignments of an organization one at a time over all nodes: the checks and the writes are one transaction that holds the
/// organization's row, so that two changes that are each allowed alone cannot pass each other.
/// </summary>
public sealed class RightsChange(PlatformDbContext db, SessionDirectory sessions)
{
    /// <param name="change">Checks, writes and saves. It may only refuse before it has saved anything.</param>
    public async Task<Result<T>> RunAsync<T>(Guid organizationId, Func<Task<Result<T>>> change, CancellationToken ct)
    {
        var result = await db.InTransactionAsync(
            async () =>
            {
                await db.Organizations.Where(organization => organization.Id == organizationId)
                    .ExecuteUpdateAsync(set => set.SetProperty(organization => organization.RbacVersion, organization => organization.RbacVersion + 1), ct);
                return await change();
            },
            ct);
        sessions.ForgetAll();
        return result;
    }
}
