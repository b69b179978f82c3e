using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Which tokens a list shows.</summary>
public sealed record TokenFilter(TokenKind Kind)
{
    /// <summary>Null: those of everybody in the organization.</summary>
    public Guid? UserId { get; init; }

    public Guid? JobId { get; init; }

    /// <summary>Any of these; empty for all.</summary>
    public IReadOnlyCollection<TokenStatus> Statuses { get; init; } = [];

    /// <summary>A part of name or prefix, without regard to case.</summary>
    public string? Search { get; init; }

    /// <summary>What ended before is left out.</summary>
    public DateTimeOffset? EndedAfter { get; init; }

    public TokenOrder Order { get; init; } = TokenOrder.CreatedAt;

    public bool Ascending { get; init; }
}

public enum TokenOrder
{
    CreatedAt,
    LastUsedAt,
    ExpiresAt,
    RevokedAt,
    Name,
    Prefix,
}

/// <summary>Lists tokens of the active organization.</summary>
public sealed class TokenQueries(PlatformDbContext db, TimeProvider clock)
{
    public async Task<Page<AccessToken>> ListAsync(TokenFilter filter, int offset, int limit, CancellationToken ct)
    {
        var matches = Matching(filter);
        var total = await matches.LongCountAsync(ct);
        var rows = await Ordered(matches, filter).Skip(offset).Take(limit).Include(token => token.Projects).AsNoTracking().ToListAsync(ct);
        return new Page<AccessToken>(rows, total, limit, offset);
    }

    public Task<long> CountAsync(TokenFilter filter, CancellationToken ct) => Matching(filter).LongCountAsync(ct);

    private IQueryable<AccessToken> Matching(TokenFilter filter)
    {
        var tokens = db.AccessTokens.Where(token => token.Kind == filter.Kind);
        if (filter.UserId is { } user)
            tokens = tokens.Where(token => token.UserId == user);
        if (filter.JobId is { } job)
            tokens = tokens.Where(token => token.JobId == job);
        if (filter.EndedAfter is { } since)
            tokens = tokens.Where(token => (token.RevokedAt == null || token.RevokedAt > since) && (token.ExpiresAt == null || token.ExpiresAt > since));
        if (filter.Statuses.Count > 0)
            tokens = tokens.Where(StatusIn(filter.Statuses, clock.GetUtcNow()));
#pragma warning disable CA1862 // in the database there is no other way
        if (filter.Search?.Trim().ToLowerInvariant() is { Length: > 0 } text)
            tokens = tokens.Where(token => token.Name.ToLower().Contains(text) || token.Prefix.ToLower().Contains(text));
#pragma warning restore CA1862
        return tokens;
    }

    private static System.Linq.Expressions.Expression<Func<AccessToken, bool>> StatusIn(IReadOnlyCollection<TokenStatus> statuses, DateTimeOffset now)
    {
        var (active, rotating) = (statuses.Contains(TokenStatus.Active), statuses.Contains(TokenStatus.Rotating));
        var (expired, revoked) = (statuses.Contains(TokenStatus.Expired), statuses.Contains(TokenStatus.Revoked));
        return token =>
            (revoked && token.RevokedAt != null)
            || (expired && token.RevokedAt == null && token.ExpiresAt <= now)
            || (rotating && token.RevokedAt == null && (token.ExpiresAt == null || token.ExpiresAt > now) && token.PreviousHash != null && token.PreviousValidUntil > now)
            || (active && token.RevokedAt == null && (token.ExpiresAt == null || token.ExpiresAt > now)
                && (token.PreviousHash == null || token.PreviousValidUntil == null || token.PreviousValidUntil <= now));
    }

    // Nulls last in both directions, the id as tie-breaker.
    private static IQueryable<AccessToken> Ordered(IQueryable<AccessToken> tokens, TokenFilter filter)
    {
        var ordered = filter.Order switch
        {
            TokenOrder.LastUsedAt => By(tokens.OrderBy(token => token.LastUsedAt == null), token => token.LastUsedAt, filter.Ascending),
            TokenOrder.ExpiresAt => By(tokens.OrderBy(token => token.ExpiresAt == null), token => token.ExpiresAt, filter.Ascending),
            TokenOrder.RevokedAt => By(tokens.OrderBy(token => token.RevokedAt == null), token => token.RevokedAt, filter.Ascending),
            TokenOrder.Name => By(tokens.OrderBy(token => token.Kind), token => token.Name, filter.Ascending),
            TokenOrder.Prefix => By(tokens.OrderBy(token => token.Kind), token => token.Prefix, filter.Ascending),
            _ => By(tokens.OrderBy(token => token.Kind), token => token.CreatedAt, filter.Ascending),
        };
        return By(ordered, token => token.Id, filter.Ascending);
    }

    private static IOrderedQueryable<AccessToken> By<TKey>(IOrderedQueryable<AccessToken> tokens, System.Linq.Expressions.Expression<Func<AccessToken, TKey>> key, bool ascending) =>
        ascending ? tokens.ThenBy(key) : tokens.ThenByDescending(key);
}
