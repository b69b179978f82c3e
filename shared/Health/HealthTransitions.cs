using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;

namespace Platform.Health;

/// <summary>
/// Raises <c>service_unhealthy</c> and <c>service_recovered</c> for what reports show. Changes wait in memory while the database itself is away,
/// so that its own failure is told once it is back. The row of the component decides which of several hosts raises the event.
/// </summary>
public sealed class HealthTransitions(IServiceScopeFactory scopes, DatabaseReady ready, DatabaseSettings settings, TimeProvider clock, ILogger<HealthTransitions> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly Channel<Change> _changes = Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Takes note of a report; returns at once. Reports from before the first migration do not count: a start is no outage.</summary>
    public void Observe(HealthReport report)
    {
        if (!ready.IsReady)
            return;
        lock (_seen)
        {
            foreach (var component in report.Components.Where(component => component.Status != ComponentStatus.Unknown))
            {
                var isHealthy = component.Status != ComponentStatus.Unhealthy;
                if (_seen.TryGetValue(component.Name, out var before) && before == isHealthy)
                    continue;
                _seen[component.Name] = isHealthy;
                _changes.Writer.TryWrite(new Change(component.Name, isHealthy, component.Reason ?? "unhealthy", report.CheckedAt));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(stoppingToken))
        {
            while (!await TryStoreAsync(change, stoppingToken))
                await Task.Delay(Pause, clock, stoppingToken);
        }
    }

    private async Task<bool> TryStoreAsync(Change change, CancellationToken ct)
    {
        try
        {
            await StoreAsync(change, ct);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogDebug(e, "The change of {Component} could not be stored yet", change.Name);
            return false;
        }
    }

    private async Task StoreAsync(Change change, CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var db = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();
        await db.InTransactionAsync<int>(
            async () =>
            {
                await db.Database.ExecuteSqlAsync(
                    $"""
                    INSERT INTO component_health (name, is_healthy, changed_at) VALUES ({change.Name}, {true}, {settings.Instant(DateTimeOffset.UnixEpoch)})
                    ON CONFLICT DO NOTHING
                    """, ct);
                var row = await db.Set<ComponentHealth>().AsNoTracking().SingleAsync(component => component.Name == change.Name, ct);
                var changed = await db.Set<ComponentHealth>()
                    .Where(component => component.Name == change.Name && component.IsHealthy != change.IsHealthy && component.ChangedAt < change.At)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(component => component.IsHealthy, change.IsHealthy).SetProperty(component => component.ChangedAt, change.At), ct);
                if (changed == 0)
                    return 0;
                db.Raise(change.IsHealthy
                    ? new ServiceRecovered("platform", change.Name, Math.Round((change.At - row.ChangedAt).TotalSeconds, 1))
                    : new ServiceUnhealthy("platform", change.Name, change.Reason));
                return await db.SaveChangesAsync(ct);
            },
            ct);
    }

    private sealed record Change(string Name, bool IsHealthy, string Reason, DateTimeOffset At);
}
