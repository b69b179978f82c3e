using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Platform.Data;

namespace Platform.UserFunctions;

/// <summary>Keeps the records of invocations to their retention.</summary>
public sealed class FunctionSweep(ExpiredRows expired, IOptions<FunctionOptions> options, TimeProvider clock)
{
    public Task<int> DeleteOldAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.RetentionDays);
        return expired.DeleteAsync(db => db.FunctionInvocations.Where(row => row.CreatedAt <= before).OrderBy(row => row.CreatedAt), ct);
    }
}
