using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Platform.Data;
using Platform.Events;
using Platform.Identity;

namespace Platform.Health;

/// <summary>Few messages wait in the dead-letter queue.</summary>
internal sealed class DeadLettersCheck(IServiceScopeFactory scopes, DatabaseReady ready) : IComponentCheck
{
    private const int Warning = 100;
    private const int Critical = 1000;

    public string Name => "dead_letters";

    public bool IsCritical => false;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return new ComponentFinding(ComponentStatus.Unknown, "migrations pending");
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        var depth = await db.DeadLetters.CountAsync(letter => letter.Status == DeadLetterStatus.Pending || letter.Status == DeadLetterStatus.Scheduled, ct);
        return depth switch
        {
            >= Critical => ComponentFinding.Unhealthy("critical depth"),
            >= Warning => ComponentFinding.Degraded("high depth"),
            _ => ComponentFinding.Healthy,
        };
    }
}
