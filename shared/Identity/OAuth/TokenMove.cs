using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity.OAuth;

/// <summary>Access tokens go on as the other user's, those of the personal organization in his; a name that he uses already is told apart by the token's id.</summary>
internal sealed class TokenMove(PlatformDbContext db) : IAccountMove
{
    private const int MaxName = 100;

    public IReadOnlyCollection<Type> Entities => [typeof(AccessToken)];

    public async Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var (from, into) = (account.From, account.Into);
        var taken = await db.AccessTokens.Where(token => token.UserId == into.UserId && token.NameKey != null).Select(token => token.NameKey).ToListAsync(ct);
        var tokens = await db.AccessTokens.AsNoTracking().Where(token => token.UserId == from.UserId).ToListAsync(ct);
        foreach (var token in tokens)
        {
            var organization = token.OrganizationId == from.OrganizationId ? into.OrganizationId : token.OrganizationId;
            var name = token.NameKey is not null && taken.Contains(token.NameKey) ? Told(token) : token.Name;
            var key = token.NameKey is null ? null : AccessToken.Key(name);
            await db.AccessTokens.Where(row => row.Id == token.Id).ExecuteUpdateAsync(
                set => set.SetProperty(row => row.UserId, into.UserId).SetProperty(row => row.OrganizationId, organization).SetProperty(row => row.Name, name).SetProperty(row => row.NameKey, key), ct);
        }
    }

    private static string Told(AccessToken token)
    {
        var mark = $" ({token.Id:N})";
        return token.Name[..Math.Min(token.Name.Length, MaxName - mark.Length)] + mark;
    }
}
