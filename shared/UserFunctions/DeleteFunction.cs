using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Domains;

namespace Platform.UserFunctions;

/// <summary>Removes functions with their versions and deployments; what was noted of their invocations stays until its retention ends.</summary>
public sealed class DeleteFunction(PlatformDbContext db, FunctionCode code, FunctionQueries functions, DomainLinks domains, FunctionChanges changes, TimeProvider clock)
{
    /// <param name="force">Also when domains lead to it, which then lead nowhere.</param>
    public async Task<Result<Nothing>> DeleteAsync(UserFunction function, bool force, CancellationToken ct)
    {
        if (await functions.CheckProjectAsync(function.ProjectId, ct) is { } archived)
            return archived;
        if (!force && await domains.LeadToAsync(function.Id, ct))
            return FunctionErrors.InUse;
        for (var found = function; found is not null;)
        {
            await RemoveAsync(found, ct);
            await domains.CutAsync(found.Id, ct);
            try
            {
                await db.SaveChangesAsync(ct);
                break;
            }
            catch (DbUpdateConcurrencyException) // a deployment has taken a step meanwhile
            {
                db.Discard();
                found = await db.UserFunctions.Include(row => row.Tags).SingleOrDefaultAsync(row => row.Id == function.Id, ct);
            }
        }

        changes.Tell(function.Id);
        await code.DeleteAllAsync(function.Id, ct);
        return default(Nothing);
    }

    /// <summary>Removes it in the unit of work; a deployment that runs is cancelled and finds nothing to go on with.</summary>
    internal async Task RemoveAsync(UserFunction function, CancellationToken ct)
    {
        var live = await db.FunctionDeployments.Where(deployment => deployment.FunctionId == function.Id && deployment.FinishedAt == null).OrderBy(deployment => deployment.Id).ToListAsync(ct);
        foreach (var deployment in live)
        {
            deployment.Finish(DeploymentStatus.Cancelled, clock.GetUtcNow());
            db.Raise(DeploymentCompleted.Of(deployment, function.Name));
            db.Remove(deployment);
        }

        db.Remove(function);
    }
}
