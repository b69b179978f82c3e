using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Platform.Data;
using Platform.Identity;

namespace Platform.Health;

/// <summary>The schema is that of this version, and a row can be stored: a full disk and a read-only database still answer reads.</summary>
internal sealed class DatabaseCheck(IServiceScopeFactory scopes, DatabaseReady ready, DatabaseSettings settings, TimeProvider clock) : IComponentCheck
{
    private volatile bool _wasReadOnly;

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
            if (_wasReadOnly)
                ForgetSessions();
            _wasReadOnly = false;
            return ComponentFinding.Healthy;
        }
        catch (Exception e) when ((e as PostgresException ?? e.InnerException as PostgresException)?.SqlState == PostgresErrorCodes.ReadOnlySqlTransaction)
        {
            _wasReadOnly = true;
            ForgetSessions();
            throw;
        }
    }

    /// <summary>A session that was opened on a read-only PostgreSQL stays read-only when the database is no more.</summary>
    private void ForgetSessions() => settings.Postgres.Clear();

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
