using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;
using Platform.Organizations;

namespace Platform.UserFunctions;

/// <summary>What a new function has to keep to, and what is noted about it.</summary>
public sealed class FunctionLimits(PlatformDbContext db, AuditTrail audit, IdempotentRequest idempotency, IOptions<FunctionOptions> options)
{
    /// <summary>A refusal when the project has no room for it; holds the project's row.</summary>
    internal async Task<Error?> CheckAsync(UserFunction function, CancellationToken ct)
    {
        if (!await db.LockProjectAsync(function.ProjectId, ct))
            return FunctionErrors.ProjectNotFound;
        if (await db.UserFunctions.AnyAsync(other => other.ProjectId == function.ProjectId && other.NameKey == function.NameKey, ct))
            return FunctionErrors.NameTaken;
        return await db.UserFunctions.CountAsync(other => other.ProjectId == function.ProjectId, ct) >= options.Value.MaxPerProject ? FunctionErrors.LimitReached(options.Value.MaxPerProject) : null;
    }

    internal void Note(UserFunction function, object answer)
    {
        audit.Target("function", function.Id, function.Name);
        idempotency.Complete(answer);
    }
}
