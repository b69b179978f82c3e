using Microsoft.EntityFrameworkCore;
using Platform.Audit;
using Platform.Data;
using Platform.Idempotency;

namespace Platform.Identity;

/// <summary>
/// Makes tokens. Limits and names are checked and the row is written in one transaction that holds the rows of organization and user, so that parallel requests
/// on any node cannot pass them, and nobody gets a token while his membership is being taken away.
/// </summary>
public sealed class TokenIssuer(PlatformDbContext db, AuditTrail audit, IdempotentRequest idempotent, TimeProvider clock)
{
    /// <param name="limit">How many live ones there may be: of the user, of the user in the organization (kind inference) or of the job.</param>
    public Task<Result<IssuedToken>> IssueAsync(NewToken wanted, int limit, CancellationToken ct) =>
        db.InTransactionAsync(() => IssueAsync(wanted, limit, clock.GetUtcNow(), ct), ct);

    private async Task<Result<IssuedToken>> IssueAsync(NewToken wanted, int limit, DateTimeOffset now, CancellationToken ct)
    {
        await LockAsync(wanted, ct);
        if (!await db.Memberships.AnyAsync(member => member.OrganizationId == wanted.OrganizationId && member.UserId == wanted.UserId, ct))
            return TokenErrors.NoMember;
        using (db.ActAs(Caller.Platform)) // the limit and the names of a user hold over all his organizations
        {
            if (await Rivals(wanted, now).CountAsync(ct) >= limit)
                return TokenErrors.Limit;
            if (await IsNameTakenAsync(wanted, now, ct))
                return TokenErrors.NameTaken;
        }

        var secret = TokenSecret.Create(wanted.Kind);
        var token = AccessToken.Create(wanted, secret, now);
        db.Add(token);
        audit.Target("token", token.Id, token.Name);
        db.Raise(new TokenCreated(token.Id, token.Kind, token.Name) { OwnerId = token.UserId, OrganizationId = token.OrganizationId });
        idempotent.CompleteWithSecret(token.Id);
        await db.SaveChangesAsync(ct);
        return new IssuedToken(token, secret);
    }

    // Writing a row as it is locks it until the transaction ends.
    private async Task LockAsync(NewToken wanted, CancellationToken ct)
    {
        await db.Organizations.Where(row => row.Id == wanted.OrganizationId).ExecuteUpdateAsync(set => set.SetProperty(row => row.RbacVersion, row => row.RbacVersion), ct);
        await db.Users.Where(row => row.Id == wanted.UserId).ExecuteUpdateAsync(set => set.SetProperty(row => row.Version, row => row.Version), ct);
    }

    private IQueryable<AccessToken> Rivals(NewToken wanted, DateTimeOffset now)
    {
        var same = db.AccessTokens.Where(token => token.Kind == wanted.Kind && token.RevokedAt == null);
        return wanted.Kind switch
        {
            TokenKind.Job => same.Where(token => token.JobId == wanted.JobId),
            TokenKind.Inference => same.Where(token => token.UserId == wanted.UserId && token.OrganizationId == wanted.OrganizationId && (token.ExpiresAt == null || token.ExpiresAt > now)),
            _ => same.Where(token => token.UserId == wanted.UserId && (token.ExpiresAt == null || token.ExpiresAt > now)),
        };
    }

    private async Task<bool> IsNameTakenAsync(NewToken wanted, DateTimeOffset now, CancellationToken ct)
    {
        var key = AccessToken.Key(wanted.Name);
        switch (wanted.Kind)
        {
            case TokenKind.Inference:
                return false;
            case TokenKind.Job:
                return await db.AccessTokens.AnyAsync(token => token.JobId == wanted.JobId && token.NameKey == key, ct);
            default:
                var named = db.AccessTokens.Where(token => token.Kind == TokenKind.User && token.UserId == wanted.UserId && token.NameKey == key);
                await named.Where(token => token.ExpiresAt <= now).ExecuteUpdateAsync(set => set.SetProperty(token => token.NameKey, (string?)null), ct); // the dead give their name back
                return await named.AnyAsync(ct);
        }
    }
}
