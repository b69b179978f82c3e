using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Health;

/// <summary>The schema is that of this version, and a row can be stored: a full disk and a read-only database still answer reads.</summary>
internal sealed class DatabaseCheck(IServiceScopeFactory scopes, DatabaseReady ready, DatabaseSettings settings, TimeProvider clock) : IComponentCheck
{
    private volatile bool _failed;

    public string Name => "database";

    public bool IsCritical => true;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return ComponentFinding.Unhealthy("migrations pending");
        try
        {
            await using var scope = scopes.CreateScopeFor(Caller.Platform);
            await StoreAndRemoveAsync(scope.ServiceProvider.GetRequiredService<PlatformDbContext>(), ct);
            if (_failed)
                ForgetSessions();
            _failed = false;
            return ComponentFinding.Healthy;
        }
        catch
        {
            _failed = true;
            ForgetSessions();
            throw;
        }
    }

    /// <summary>
    /// A session that was opened on a read-only PostgreSQL stays read-only when the database is no more. What the check fails with does not tell whether there are such
    /// sessions: its own may have been cut off before it got to see that.
    /// </summary>
    private void ForgetSessions()
    {
        if (!settings.IsSqlite)
            settings.Postgres.Clear();
    }

    private Task<int> StoreAndRemoveAsync(PlatformDbContext db, CancellationToken ct) => db.InTransactionAsync(
        async () =>
        {
            var probe = new HealthProbe { Id = Guid.CreateVersion7(clock.GetUtcNow()) };
            db.Add(probe);
            await db.SaveChangesAsync(ct);
            db.Remove(probe);
            return await db.SaveChangesAsync(ct);
        },
        ct);
}
