using System.Data.Common;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Converters;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Durable;

public enum Db
{
    Sqlite,
    Postgres,
}

/// <summary>One store and the engines on it.</summary>
internal sealed class DurableHarness : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<TestEngine> _engines = [];
    private readonly string? _directory;
    private readonly Func<IDurableStore> _open;

    private DurableHarness(string? directory, Func<IDurableStore> open) => (_directory, _open) = (directory, open);

    /// <summary>A closed connection to the store's database.</summary>
    public required Func<DbConnection> Connect { get; init; }

    public DelegateFunctions Functions { get; } = new();

    public FakeTimeProvider? FakeClock { get; private init; }

    public ILoggerFactory Loggers { get; init; } = NullLoggerFactory.Instance;

    /// <summary>The engine that was started last.</summary>
    public TestEngine Engine => _engines[^1];

    public DurableTaskClient Client => Engine.Client;

    public static async Task<DurableHarness> CreateAsync(Db db, PostgresServer server, bool fakeTime = false, ILoggerFactory? loggers = null)
    {
        var clock = fakeTime ? new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero)) : null;
        if (db == Db.Postgres)
        {
            var database = await server.CreateDatabaseAsync();
            return new DurableHarness(null, () => new PostgresDurableStore(database))
            {
                Connect = () => new NpgsqlConnection(database),
                FakeClock = clock,
                Loggers = loggers ?? NullLoggerFactory.Instance,
            };
        }

        var directory = Directory.CreateTempSubdirectory("durable-").FullName;
        var file = $"Data Source={Path.Combine(directory, "host.db")}";
        return new DurableHarness(directory, () => new SqliteDurableStore(file))
        {
            Connect = () => new SqliteConnection(file),
            FakeClock = clock,
            Loggers = loggers ?? NullLoggerFactory.Instance,
        };
    }

    public async Task<TestEngine> StartAsync(Func<DurableOptions, DurableOptions>? options = null, DelegateFunctions? functions = null)
    {
        var store = new ScriptedStore(_open());
        var chosen = new DurableOptions { Lease = TimeSpan.FromSeconds(2), HeartbeatInterval = TimeSpan.FromMilliseconds(300), SweepInterval = TimeSpan.FromMilliseconds(300), Partitions = 8 };
        var services = new OrchestrationServices(functions ?? Functions, JsonDataConverter.Default, Loggers);
        var node = new DurableNode(store, services, options?.Invoke(chosen) ?? chosen, (TimeProvider?)FakeClock ?? TimeProvider.System, TimeProvider.System);
        var engine = new TestEngine(new DurableEngine(node), store);
        lock (_engines)
            _engines.Add(engine);
        await engine.Engine.StartAsync(CancellationToken.None);
        return engine;
    }

    /// <summary>Ends the last engine as a power cut would, and starts another one on what it left behind.</summary>
    public async Task<TestEngine> CrashAndRestartAsync(DelegateFunctions? functions = null)
    {
        await Engine.CrashAsync();
        return await StartAsync(functions: functions);
    }

    public async Task<OrchestrationMetadata> RunAsync(string name, object? input = null, string? id = null)
    {
        var started = await Client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id));
        return await CompletionAsync(started);
    }

    public async Task<OrchestrationMetadata> CompletionAsync(string id)
    {
        try
        {
            return await Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true).WaitAsync(Patience);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"'{id}' has not ended within {Patience.TotalSeconds} s: {await StateAsync(id)}", e);
        }
    }

    /// <summary>What the store knows of an instance, for the message of a test that waited in vain.</summary>
    private async Task<string> StateAsync(string id)
    {
        if (await Engine.Store.Inner.LoadAsync(id, CancellationToken.None) is not { } stored)
            return "it is not in the store";
        var partition = stored.Instance.Header.Partition;
        var inbox = await Engine.Store.Inner.ReadInboxIdsAsync(partition, id, CancellationToken.None);
        var owned = Engine.Engine.Node.OwnedOrNull(partition);
        return $"{stored.Instance.Status}, partition {(owned is null ? "not owned" : owned.Holds(id) ? "owned, instance in memory" : "owned, instance not in memory")}, {inbox.Count} messages in its inbox, history {string.Join('\n', stored.History)}";
    }

    /// <summary>Waits for a condition on an instance's state.</summary>
    public async Task<OrchestrationMetadata> UntilAsync(string id, Func<OrchestrationMetadata, bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (true)
        {
            if (await Client.GetInstanceAsync(id, getInputsAndOutputs: true, timeout.Token) is { } found && condition(found))
                return found;
            await Task.Delay(5, timeout.Token);
        }
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!condition())
            await Task.Delay(5, timeout.Token);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in _engines)
            await engine.DisposeAsync();
        if (_directory is not null)
            Directory.Delete(_directory, recursive: true);
    }
}

internal sealed class TestEngine(DurableEngine engine, ScriptedStore store) : IAsyncDisposable
{
    private bool _crashed;

    public DurableEngine Engine => engine;

    public ScriptedStore Store => store;

    public DurableTaskClient Client { get; } = new DurableClientProvider(engine).Client;

    /// <summary>From now on the engine has no effect any more; what is not committed is lost.</summary>
    public async Task CrashAsync()
    {
        _crashed = true;
        store.Crash();
        try
        {
            await store.Inner.DisposeAsync();
        }
        catch (NpgsqlException)
        {
            // The crash hit a commit under way; its connection is cut, whatever becomes of the commit.
        }
    }

    public ValueTask DisposeAsync() => _crashed ? ValueTask.CompletedTask : engine.DisposeAsync();
}
