using Microsoft.Extensions.Logging;

namespace Platform.Health;

/// <summary>
/// Runs all checks in parallel, each for 2 seconds at most, and keeps the report for 2 seconds: however many ask at once, every component is
/// looked at once.
/// </summary>
public sealed class HealthProber(IEnumerable<IComponentCheck> checks, ITaskHubProbe hub, HealthTransitions transitions, TimeProvider clock, ILogger<HealthProber> log) : IDisposable
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan CachedFor = TimeSpan.FromSeconds(2);

    private readonly IComponentCheck[] _checks = [.. checks];
    private readonly SemaphoreSlim _one = new(1, 1);
    private HealthReport? _latest;

    /// <param name="client">Reaches the task hub; a durable client exists only inside a function.</param>
    public async Task<HealthReport> ProbeAsync(DurableTaskClient client, CancellationToken ct)
    {
        if (Fresh() is { } known)
            return known;
        await _one.WaitAsync(ct);
        try
        {
            return Fresh() ?? await ProbeNowAsync(client, ct);
        }
        finally
        {
            _one.Release();
        }
    }

    public void Dispose() => _one.Dispose();

    private HealthReport? Fresh() => _latest is { } latest && clock.GetUtcNow() - latest.CheckedAt < CachedFor ? latest : null;

    private async Task<HealthReport> ProbeNowAsync(DurableTaskClient client, CancellationToken ct)
    {
        var components = await Task.WhenAll(_checks.Append(new OrchestrationsCheck(client, hub)).Select(check => ProbeAsync(check, ct)));
        var report = new HealthReport(components, clock.GetUtcNow());
        _latest = report;
        transitions.Observe(report);
        return report;
    }

    private async Task<ComponentState> ProbeAsync(IComponentCheck check, CancellationToken ct)
    {
        var start = clock.GetTimestamp();
        var finding = await FindAsync(check, ct);
        return new ComponentState(check.Name, check.IsCritical, finding.Status, finding.Reason, clock.GetElapsedTime(start));
    }

    private async Task<ComponentFinding> FindAsync(IComponentCheck check, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(Limit, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, limit.Token);
        try
        {
            // A check may block its thread (a connect without answer) or ignore its token; the report does not wait for it.
            return await Task.Run(() => check.CheckAsync(linked.Token).AsTask(), linked.Token).WaitAsync(linked.Token);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return ComponentFinding.Unhealthy("timeout");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogDebug(e, "Health check {Component} failed", check.Name);
            return ComponentFinding.Unhealthy("unreachable");
        }
    }
}
