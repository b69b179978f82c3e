using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;

namespace Platform.Executions;

/// <summary>
/// The runs of this process that began with their slots. Where one process does everything (SQLite), whoever grants a slot also claims the run, and the script starts
/// right after that commit, while the saga's orchestration is still being started; it finds the run under way and waits for its end. After a crash it finds the claim
/// alone, as after any crash during a run: the run is lost and not repeated. With many nodes the saga may come to another one, so there it makes the claim itself.
/// </summary>
public sealed class HeadStarts(
    DatabaseSettings settings, ISandbox sandbox, RunningExecutions running, IOptions<ExecutionOptions> options, IServiceScopeFactory scopes, ILogger<HeadStarts> log)
    : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Guid, HeadStart> _all = new();
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Whether a slot that is granted now is a head start, too.</summary>
    public bool AreAllowed => settings.IsSqlite && options.Value.RunAhead && sandbox.State.AcceptsRuns;

    /// <summary>How far the run of the execution came, once it has ended; null when it has no head start and the saga has to do its work itself.</summary>
    public async Task<ExecutionStep?> JoinAsync(Guid executionId, CancellationToken ct)
    {
        if (!_all.TryGetValue(executionId, out var start))
            return null;
        var step = await start.End.WaitAsync(ct);
        _all.TryRemove(executionId, out _);
        return step;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The sandbox has ended what was running; the results of that are stored.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_all.Values.Select(start => (Task)start.End)).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stop.Dispose();

    /// <summary>To be called before the commit, so that neither the saga nor a cancellation can miss the run.</summary>
    internal HeadStart Announce(Execution claimed, SupportedRuntime runtime, string? correlationId) =>
        _all[claimed.Id] = new HeadStart(claimed, runtime, correlationId, running.Enter(claimed.Id, _stop.Token));

    /// <summary>The commit failed.</summary>
    internal void Withdraw(HeadStart start)
    {
        _all.TryRemove(start.Execution.Id, out _);
        start.Running.Dispose();
    }

    internal void Begin(HeadStart start) => _ = Task.Run(() => RunAsync(start));

    private async Task RunAsync(HeadStart start)
    {
        var id = start.Execution.Id;
        try
        {
            var step = await RunInScopeAsync(start);
            if (step.Kind == ExecutionStepKind.Over)
                _all.TryRemove(id, out _); // else the saga has to hear of it and to go on from there
            start.Ended(step);
        }
        catch (Exception e)
        {
            if (!_stop.IsCancellationRequested)
                log.LogError(e, "The run of execution {ExecutionId} ended without an outcome", id);
            _all.TryRemove(id, out _);
            start.Failed(e); // the saga tries again, and finds that the run is lost
        }
    }

    private async Task<ExecutionStep> RunInScopeAsync(HeadStart start)
    {
        using var run = start.Running;
        await using var scope = scopes.CreateScopeFor(Caller.Platform, start.CorrelationId);
        scope.ServiceProvider.GetRequiredService<PlatformDbContext>().Attach(start.Execution); // as it was stored; its version tells whether it still is
        return await scope.ServiceProvider.GetRequiredService<AdvanceExecution>().RunAsync(start.Execution, start.Runtime, run, _stop.Token);
    }
}
