using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.UserSettings;

/// <summary>Settings of an absorbed user are dropped.</summary>
internal sealed class UserSettingsMove(PlatformDbContext db) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(SettingsSnapshot)];

    public Task MoveAsync(AbsorbedAccount account, CancellationToken ct) =>
        db.SettingsSnapshots.Where(snapshot => snapshot.UserId == account.From.UserId).ExecuteDeleteAsync(ct);
}
