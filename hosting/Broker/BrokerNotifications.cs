using EmbeddedFunctions.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmbeddedFunctions.Broker;

/// <summary>Tells other nodes of messages that this one is too busy for (PostgreSQL only). A hint: what gets lost is found by the sweep.</summary>
internal sealed class BrokerNotifications(HostDatabase database, TimeProvider clock, ILogger<BrokerNotifications> logger)
{
    private const string Channel = "host_messages";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // NOTIFY makes all committers of a database queue up, so a busy sender does it only so often.
    private static readonly TimeSpan MinInterval = TimeSpan.FromMilliseconds(50);
    private long _last;

    public async Task PublishAsync(string name)
    {
        if (!database.IsPostgres)
            return;

        var last = Interlocked.Read(ref _last);
        if (last != 0 && clock.GetElapsedTime(last) < MinInterval)
            return;

        Interlocked.Exchange(ref _last, clock.GetTimestamp());
        try
        {
            await database.RunAsync(session => session.ExecuteAsync("SELECT pg_notify(@channel, @name)", p => p.Add("channel", Channel).Add("name", name), CancellationToken.None), CancellationToken.None);
        }
        catch (NpgsqlException e)
        {
            logger.LogDebug(e, "A notification was not sent; the sweep finds the messages.");
        }
    }

    public async Task ListenAsync(Action<string> received, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenPostgresAsync(ct);
                connection.Notification += (_, e) => received(e.Payload);
                await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                    await listen.ExecuteNonQueryAsync(ct);
                while (!ct.IsCancellationRequested)
                    await connection.WaitAsync(ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "Listening for messages of other nodes was cut off; it begins again.");
                await Task.Delay(Pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
