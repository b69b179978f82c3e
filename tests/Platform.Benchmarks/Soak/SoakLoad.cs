namespace Platform.Benchmarks.Soak;

/// <summary>What users do with a platform, all at once and without end. Each activity is one loop of one user, made from the seed.</summary>
internal sealed class SoakLoad(SoakFleet fleet, SoakLedger ledger, string mark, int seed) : IDisposable
{
    private const int People = 3;
    private readonly List<SoakClient> _clients = [];

    /// <summary>Signs everybody up; to be done before anything is killed.</summary>
    public async Task PrepareAsync()
    {
        for (var person = 0; person < People; person++)
            await Client().SignUpAsync($"soak{person}");
        await Client().SignInAsOperatorAsync();
    }

    public Task RunAsync(CancellationToken ct) =>
        Task.WhenAll(_clients.Take(People).SelectMany((client, person) => PersonActivities(client, $"{person}")).Concat(OperatorActivities()).Select(activity => LoopAsync(activity, ct)));

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private IEnumerable<Func<CancellationToken, Task>> PersonActivities(SoakClient client, string name)
    {
        var (scripts, streams, reading) = (new ScriptWork(client, mark, name), new StreamWork(client, mark, name), new ReadingWork(client));
        return [scripts.ExecuteAsync, scripts.SaveAsync, streams.FollowAsync, reading.EventsAsync, reading.NotificationsAsync, reading.SettingsAsync];
    }

    private IEnumerable<Func<CancellationToken, Task>> OperatorActivities()
    {
        var work = new OperatorWork(_clients[^1]);
        return [work.PublishAsync, work.DeadLettersAsync, work.ReplayAsync, work.LookAsync];
    }

    private SoakClient Client()
    {
        var client = new SoakClient(fleet, ledger, seed + _clients.Count);
        _clients.Add(client);
        return client;
    }

    private static async Task LoopAsync(Func<CancellationToken, Task> activity, CancellationToken ct)
    {
        try
        {
            while (!ct.IsCancellationRequested)
                await activity(ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The load is over.
        }
    }
}
