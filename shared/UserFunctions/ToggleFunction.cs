using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Switches functions on and off.</summary>
public sealed class ToggleFunction(PlatformDbContext db, FunctionQueries functions, AuditTrail audit, FunctionChanges changes, TimeProvider clock)
{
    /// <summary>The function, and whether that changed it.</summary>
    public async Task<Result<UserFunction>> ToggleAsync(UserFunction function, bool? enabled, CancellationToken ct)
    {
        var wanted = enabled ?? !function.Enabled;
        if (wanted == function.Enabled)
        {
            audit.Withdraw();
            return function;
        }

        if (await functions.CheckProjectAsync(function.ProjectId, ct) is { } archived)
            return archived;
        audit.Change("enabled", function.Enabled, wanted);
        for (var found = function; found is not null;)
        {
            found.Enabled = wanted;
            found.Touch(clock.GetUtcNow());
            try
            {
                await db.SaveChangesAsync(ct);
                changes.Tell(found.Id);
                return found;
            }
            catch (DbUpdateConcurrencyException) // a deployment has taken a step meanwhile
            {
                db.Discard();
                found = await db.UserFunctions.Include(row => row.Tags).SingleOrDefaultAsync(row => row.Id == function.Id, ct);
            }
        }

        return FunctionErrors.NotFound;
    }
}
