using Microsoft.Extensions.Options;

using Platform.Data;

namespace Platform.DeadLetters;

/// <summary>Deletes retried and discarded dead letters whose time is over.</summary>
public sealed class DeadLetterSweep(ExpiredRows expired, IOptions<DeadLetterOptions> options, TimeProvider clock)
{
    /// <summary>Says how many there were.</summary>
    public Task<int> DeleteFinalAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow().AddDays(-options.Value.RetentionDays);
        return expired.DeleteAsync(
            db => db.DeadLetters.Where(m => (m.Status == DeadLetterStatus.Retried || m.Status == DeadLetterStatus.Discarded) && m.LastUpdated < before).OrderBy(m => m.LastUpdated), ct);
    }
}
