using Microsoft.EntityFrameworkCore;
using Platform.Data;
using Platform.Identity.OAuth;

namespace Platform.Executions;

/// <summary>Executions and their sagas become the other's; they stay in the organization that they were made in.</summary>
internal sealed class ExecutionMove(PlatformDbContext db) : IAccountMove
{
    public IReadOnlyCollection<Type> Entities => [typeof(Execution), typeof(Saga)];

    public async Task MoveAsync(AbsorbedAccount account, CancellationToken ct)
    {
        var (from, into) = (account.From.UserId, account.Into.UserId);
        await db.Executions.Where(execution => execution.UserId == from).ExecuteUpdateAsync(set => set.SetProperty(execution => execution.UserId, into), ct);
        await db.Sagas.Where(saga => saga.UserId == from).ExecuteUpdateAsync(set => set.SetProperty(saga => saga.UserId, into), ct);
    }
}
