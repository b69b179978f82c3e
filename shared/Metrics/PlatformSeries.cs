using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;

namespace Platform.Metrics;

/// <summary>
/// What the platform records about the work of projects (delivery.md §1.5). Recording costs no more than a place in memory: points are written some seconds later, all of a project
/// at once. What cannot be written is dropped, and so is what there is no room for; whoever records hears of neither.
/// </summary>
public sealed class PlatformSeries(IServiceScopeFactory scopes, TimeProvider clock, ILogger<PlatformSeries> log)
{
    private const int Most = 50_000;
    private const int Batch = 1000;

    private readonly RequestTally _requests = new();
    private readonly ConcurrentQueue<(Guid OrganizationId, Guid ProjectId, MetricDraft Draft)> _waiting = new();

    /// <summary>Set while there is something to write.</summary>
    internal WorkSignal Waiting { get; } = new();

    /// <param name="type">A reserved one.</param>
    public void Record(Guid organizationId, Guid projectId, string type, string name, double value, MetricKind kind, string? unit, IReadOnlyDictionary<string, string> tags)
    {
        if (_waiting.Count >= Most)
            return;
        _waiting.Enqueue((organizationId, projectId, new MetricDraft(name, value) { Type = type, Kind = kind, Unit = unit, Tags = tags, Timestamp = clock.GetUtcNow(), Source = MetricSource.Platform }));
        Waiting.Set();
    }

    /// <summary>A request to the API was answered.</summary>
    /// <param name="call">Which one.</param>
    /// <param name="took">Null for a stream.</param>
    public void Record(in ApiCall call, TimeSpan? took)
    {
        _requests.Add(call, took?.TotalMilliseconds, clock.GetUtcNow());
        Waiting.Set();
    }

    /// <summary>Writes what waits now.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        List<(Guid OrganizationId, Guid ProjectId, MetricDraft Draft)> taken = [.. _requests.Take()];
        while (taken.Count < Most && _waiting.TryDequeue(out var point))
            taken.Add(point);
        foreach (var project in taken.GroupBy(point => (point.OrganizationId, point.ProjectId)))
        {
            foreach (var batch in project.Chunk(Batch))
                await WriteAsync(project.Key.OrganizationId, project.Key.ProjectId, [.. batch.Select(point => point.Draft)], ct);
        }
    }

    private async Task WriteAsync(Guid organizationId, Guid projectId, IReadOnlyList<MetricDraft> drafts, CancellationToken ct)
    {
        try
        {
            await using var scope = scopes.CreateScopeFor(Caller.System(organizationId));
            await scope.ServiceProvider.GetRequiredService<RecordMetrics>().RecordAsync(projectId, drafts, _ => null, ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogWarning(fault, "{Count} points of the platform's series were lost", drafts.Count);
        }
    }
}
