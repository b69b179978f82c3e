using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.Scripts;

/// <summary>Scripts become the other's; they stay in the organization that they were saved in.</summary>
internal sealed class ScriptMove(PlatformDbContext db) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(SavedScript)];

    public Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var (from, into) = (account.From.UserId, account.Into.UserId);
        return db.SavedScripts.Where(script => script.UserId == from).ExecuteUpdateAsync(set => set.SetProperty(script => script.UserId, into), ct);
    }
}
