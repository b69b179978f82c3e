using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Identity;

namespace Platform.Health;

/// <summary>The newest stored event can be read.</summary>
internal sealed class EventStoreCheck(IServiceScopeFactory scopes, DatabaseReady ready) : IComponentCheck
{
    public string Name => "event_store";

    public bool IsCritical => true;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return ComponentFinding.Unhealthy("migrations pending");
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var newest = await db.Events.AsNoTracking().OrderByDescending(stored => stored.RowId).FirstOrDefaultAsync(ct);
        newest?.ReadMetadata();
        return ComponentFinding.Healthy;
    }
}
