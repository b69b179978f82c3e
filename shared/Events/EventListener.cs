using System.Globalization;

using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

using Platform.Data;

namespace Platform.Events;

/// <summary>
/// PostgreSQL: hears of events that another node's relay numbered. A notification is only a hint; every second without one the counter is read.
/// </summary>
internal sealed class EventListener(DatabaseSettings settings, DatabaseReady ready, EventSignal signal, TimeProvider clock, ILogger<EventListener> log) : BackgroundService
{
    private const int SweepMilliseconds = 1000;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (settings.IsSqlite)
            return;
        await ready.WaitAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "Lost the connection that listens for events; connecting again");
                await Task.Delay(TimeSpan.FromSeconds(1), clock, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken ct)
    {
        await using var connection = await settings.OpenSessionAsync(ct);
        connection.Notification += (_, e) => signal.Publish(long.Parse(e.Payload, CultureInfo.InvariantCulture));
        await using (var listen = connection.CreateCommand())
        {
            listen.CommandText = $"LISTEN {EventRelay.Channel}";
            await listen.ExecuteNonQueryAsync(ct);
        }

        while (true)
        {
            signal.Publish(await EventRelay.ReadNewestAsync(connection, ct));
            while (await connection.WaitAsync(SweepMilliseconds, ct))
            {
            }
        }
    }
}
