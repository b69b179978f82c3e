using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Health;

/// <summary>The database answers and its schema is that of this version.</summary>
internal sealed class DatabaseCheck(IServiceScopeFactory scopes, DatabaseReady ready) : IComponentCheck
{
    public string Name => "database";

    public bool IsCritical => true;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return ComponentFinding.Unhealthy("migrations pending");
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Database.ExecuteSqlRawAsync("SELECT 1", ct);
        return ComponentFinding.Healthy;
    }
}
