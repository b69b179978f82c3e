using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Organizations;

namespace Platform.UserFunctions;

/// <summary>Removes the functions of a deleted organization or purged project with their code; workers go with them.</summary>
internal sealed class FunctionCleanup(PlatformDbContext db, DeleteFunction delete, FunctionCode code, FunctionChanges changes) : ITenantCleanup
{
    private const int Batch = 50;

    public string Name => "functions";

    public CleanupStage Stage => CleanupStage.StopWork;

    public async Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct)
    {
        var functions = await db.UserFunctions.Include(function => function.Tags)
            .Where(function => function.OrganizationId == tenant.OrganizationId && (tenant.ProjectId == null || function.ProjectId == tenant.ProjectId))
            .OrderBy(function => function.Id).Take(Batch).ToListAsync(ct);
        foreach (var function in functions)
        {
            await delete.RemoveAsync(function, ct);
            await code.DeleteAllAsync(function.Id, ct);
        }

        await db.SaveChangesAsync(ct);
        functions.ForEach(function => changes.Tell(function.Id));
        return functions.Count == Batch;
    }
}
