using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Deletes tokens that ended a year ago and figures of use older than 90 days; each method says how many rows.</summary>
public sealed class TokenSweep(ExpiredRows expired, TimeProvider clock)
{
    /// <summary>How long figures of use are kept.</summary>
    public const int UsageDays = 90;

    private static readonly TimeSpan TokensKept = TimeSpan.FromDays(365);

    public Task<int> DeleteEndedTokensAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - TokensKept;
        return expired.DeleteAsync(db => db.AccessTokens.Where(token => token.RevokedAt <= before || token.ExpiresAt <= before).OrderBy(token => token.Id), ct);
    }

    public async Task<int> DeleteOldUsageAsync(CancellationToken ct)
    {
        var before = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime).AddDays(-UsageDays);
        return await expired.DeleteAsync(db => db.TokenUsageDays.Where(row => row.Date < before).OrderBy(row => row.Date), ct)
            + await expired.DeleteAsync(db => db.TokenLatencyDays.Where(row => row.Date < before).OrderBy(row => row.Date), ct);
    }
}
