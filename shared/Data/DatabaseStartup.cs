using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Platform.Data;

/// <summary>Migrates in the background once the host has started, so that liveness answers meanwhile; tries again while the database is away.</summary>
internal sealed class DatabaseStartup(DatabaseMigrator migrator, DatabaseReady ready, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<DatabaseStartup> log)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);

        while (!ready.IsReady)
        {
            try
            {
                await migrator.MigrateAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                ready.LastFailure = e.Message;
                log.LogError(e, "The database could not be migrated; next attempt in {Seconds} s", Pause.TotalSeconds);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }
}
