using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.DeadLetters;
using Platform.Identity;

namespace Platform.Health;

/// <summary>Few messages wait in the dead-letter queue: <c>Dlq:WarningThreshold</c> and <c>Dlq:CriticalThreshold</c>.</summary>
internal sealed class DeadLettersCheck(IServiceScopeFactory scopes, DatabaseReady ready, IOptions<DeadLetterOptions> options, ILogger<DeadLettersCheck> log) : IComponentCheck
{
    private ComponentFinding _last = ComponentFinding.Healthy;

    public string Name => "dead_letters";

    public bool IsCritical => false;

    public async ValueTask<ComponentFinding> CheckAsync(CancellationToken ct)
    {
        if (!ready.IsReady)
            return new ComponentFinding(ComponentStatus.Unknown, "migrations pending");
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var depth = await scope.ServiceProvider.GetRequiredService<PlatformDbContext>().DeadLetters.CountAsync(DeadLetter.IsWaiting, ct);
        var found = Judge(depth);
        if (found != _last && found.Status != ComponentStatus.Healthy)
            log.Log(found.Status == ComponentStatus.Unhealthy ? LogLevel.Critical : LogLevel.Warning, "{Depth} dead letters wait: {Reason}", depth, found.Reason);
        return _last = found;
    }

    private ComponentFinding Judge(int depth)
    {
        if (depth >= options.Value.CriticalThreshold)
            return ComponentFinding.Unhealthy("critical depth");
        return depth >= options.Value.WarningThreshold ? ComponentFinding.Degraded("high depth") : ComponentFinding.Healthy;
    }
}
