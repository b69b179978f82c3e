using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Platform.Data;
using Platform.Identity;
using Platform.Secrets;

namespace Platform.Builds;

/// <summary>
/// Runs claimed builds in this process. They are no part of the activity that claims them: an activity may be taken from its node, or run out of time, while a build
/// goes on. What stops with the host is lost and tried again.
/// </summary>
public sealed class BuildHost(IServiceScopeFactory scopes, RunningBuilds running, BuildFolders folders, BuildLease lease, BuildSandbox sandbox, TimeProvider clock, ILogger<BuildHost> log) : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<Guid, Task> _runs = new();
    private readonly CancellationTokenSource _stopping = new();

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_runs.Values).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _stopping.Dispose();

    /// <summary>Whether builds can run here.</summary>
    internal Task<bool> CanRunAsync(CancellationToken ct) => sandbox.IsAvailableAsync(ct);

    /// <summary>Begins the work of a build that this process has claimed.</summary>
    internal void Begin(Build build) => _runs[build.Id] = Task.Run(async () =>
    {
        try
        {
            await RunAsync(build);
        }
        catch (Exception fault)
        {
            log.LogError(fault, "Build {BuildId} ended by a fault", build.Id);
        }
        finally
        {
            _runs.TryRemove(build.Id, out _);
        }
    });

    /// <summary>Ends when the build's work in this process has ended, which is at once when it is not here.</summary>
    internal Task EndOf(Guid buildId) => _runs.TryGetValue(buildId, out var run) ? run : Task.CompletedTask;

    private async Task RunAsync(Build build)
    {
        using var entry = running.TryEnter(build.Id);
        if (entry is null)
            return;
        using var stops = new BuildStops(entry.Cancelled, _stopping.Token);
        using var over = new CancellationTokenSource();
        var workspace = new Workspace(folders.Create(build.Id));
        var keeping = lease.KeepAsync(build, workspace, entry, stops, over.Token);
        try
        {
            await using var scope = scopes.CreateScopeFor(Caller.System(build.OrganizationId), null);
            var outcome = await WorkAsync(scope.ServiceProvider, build, workspace, stops);
            await scope.ServiceProvider.GetRequiredService<FinishBuild>().FinishAsync(build, workspace, outcome);
        }
        finally
        {
            await over.CancelAsync();
            await keeping;
            folders.Delete(build.Id);
        }
    }

    private async Task<BuildOutcome> WorkAsync(IServiceProvider services, Build build, Workspace workspace, BuildStops stops)
    {
        try
        {
            using var room = await ReserveAsync(build, stops);
            var variables = await services.GetRequiredService<BuildVariables>().ReadAsync(build, CancellationToken.None);
            await using var writer = new BuildLogWriter(scopes, build, new SecretMask(variables.Secrets), clock);
            writer.Open();
            stops.LimitTime(TimeSpan.FromSeconds(build.Config.TimeoutSeconds), clock);
            using var work = new BuildWork(build, workspace, variables, writer, stops);
            return await services.GetRequiredService<BuildRunner>().RunAsync(work, clock);
        }
        catch (OperationCanceledException) when (stops.End != WorkEnd.None)
        {
            return stops.End switch
            {
                WorkEnd.Cancelled => new BuildOutcome(BuildStatus.Cancelled, null),
                WorkEnd.TimedOut => new BuildOutcome(BuildStatus.TimedOut, new BuildFailure(BuildFailureCode.BuildTimeout, "The build ran out of time")),
                WorkEnd.Full => new BuildOutcome(BuildStatus.Failed, new BuildFailure(BuildFailureCode.StepFailed, "The build's files take more room than they may")),
                _ => new BuildOutcome(BuildStatus.Failed, new BuildFailure(BuildFailureCode.ExecutorLost, "The platform that ran the build is gone")),
            };
        }
        catch (Exception fault)
        {
            log.LogError(fault, "Build {BuildId} could not be run", build.Id);
            return new BuildOutcome(BuildStatus.Failed, new BuildFailure(BuildFailureCode.InternalError, "The platform could not run the build"));
        }
    }

    private async Task<IDisposable> ReserveAsync(Build build, BuildStops stops)
    {
        using var any = stops.Link();
        return await sandbox.ReserveAsync(build, any.Token);
    }
}
