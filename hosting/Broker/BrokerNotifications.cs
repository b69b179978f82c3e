using EmbeddedFunctions.Startup;
using EmbeddedFunctions.Storage;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace EmbeddedFunctions.Broker;

/// <summary>Tells other nodes of messages that this one is too busy for (PostgreSQL only). A hint: what gets lost is found by the sweep.</summary>
internal sealed class BrokerNotifications(HostDatabase database, TimeProvider clock, ILogger<BrokerNotifications> logger)
{
    private const string Channel = "host_messages";

    // NOTIFY makes all committers of a database queue up, so a busy sender does it only so often.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private HashSet<string> _names = [];
    private bool _publishing;

    /// <summary>Tells of it at once, or with all others when it is time again.</summary>
    public void Publish(string name)
    {
        if (!database.IsPostgres)
            return;
        lock (_gate)
        {
            _names.Add(name);
            if (_publishing)
                return;
            _publishing = true;
        }

        _ = Task.Run(PublishAsync);
    }

    public Task ListenAsync(Action<string> received, CancellationToken ct) => LastingLoop.RunAsync(
        async () =>
        {
            await using var connection = await database.OpenPostgresAsync(ct);
            connection.Notification += (_, e) => received(e.Payload);
            await using (var listen = new NpgsqlCommand($"LISTEN {Channel}", connection))
                await listen.ExecuteNonQueryAsync(ct);
            while (!ct.IsCancellationRequested)
                await connection.WaitAsync(ct);
        },
        e => logger.LogWarning(e, "Listening for messages of other nodes was cut off; it begins again."),
        clock,
        ct);

    private async Task PublishAsync()
    {
        while (Take() is { Length: > 0 } names)
        {
            try
            {
                await database.RunRelaxedAsync(
                    session => session.QueryAsync("SELECT pg_notify(@channel, name) FROM unnest(@names) AS name", p => p.Add("channel", Channel).Add("names", names), static _ => 0, CancellationToken.None),
                    CancellationToken.None);
            }
            catch (Exception e)
            {
                logger.LogDebug(e, "A notification was not sent; the sweep finds the messages.");
            }

            await Task.Delay(Interval, clock);
        }
    }

    private string[] Take()
    {
        lock (_gate)
        {
            var names = _names.ToArray();
            _names = [];
            _publishing = names.Length > 0;
            return names;
        }
    }
}
