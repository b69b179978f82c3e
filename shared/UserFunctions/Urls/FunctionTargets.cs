using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Domains;

namespace Platform.UserFunctions;

/// <summary>Functions as what domains can lead to.</summary>
internal sealed class FunctionTargets(PlatformDbContext db) : IDomainTargets
{
    public Task<bool> ExistsAsync(Guid projectId, Guid functionId, CancellationToken ct) =>
        db.UserFunctions.AnyAsync(function => function.Id == functionId && function.ProjectId == projectId, ct);
}
