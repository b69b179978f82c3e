using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Blobs;
using Platform.Data;
using Platform.Events;
using Platform.Executions;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Outbound;
using Platform.Replay;
using Platform.Secrets;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Replay;

/// <summary>The area on a real database and blob store, without host or durable engine: the test plays the orchestrator.</summary>
internal sealed class ReplayLab : IAsyncDisposable
{
    public const string Consumer = "notifications";
    public const string Queued = "execution_queued";
    public const string Accepted = "execution_accepted";

    private readonly string _directory;

    private ReplayLab(TestDatabase database, string directory) => (Database, _directory) = (database, directory);

    public TestDatabase Database { get; }

    public static async Task<ReplayLab> CreateAsync(Db db, PostgresServer postgres)
    {
        var directory = Directory.CreateTempSubdirectory("replay-").FullName;
        void Configure(IServiceCollection services)
        {
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection([new("Platform:DataDirectory", directory)]).Build());
            services.AddIdempotency().AddSecrets().AddBlobs().AddOutbound().AddAudit().AddReplay();
            services.AddSingleton<List<Guid>>().AddEventHandler<RecordingHandler>(Consumer, [Queued]);
        }

        return new ReplayLab(db == Db.Sqlite ? await TestDatabase.CreateAsync(Configure) : await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync(), Configure), directory);
    }

    /// <summary>Stores events of one aggregate that happened <paramref name="gap"/> apart.</summary>
    public async Task<IReadOnlyList<Guid>> StoreAsync(
        int count, string aggregate = "a", string type = Queued, TimeSpan gap = default, string? payload = null, Guid? userId = null, string service = "execution-service")
    {
        var start = Database.Clock.GetUtcNow();
        List<Guid> ids = [];
        await using (var scope = Database.As(Caller.Platform))
        {
            for (var i = 0; i < count; i++)
            {
                var execution = Guid.CreateVersion7();
                ids.Add(scope.Db.Raise(new EventDraft
                {
                    EventType = type,
                    Topic = ExecutionTopics.Executions,
                    AggregateId = aggregate,
                    Timestamp = start + (i * gap),
                    UserId = userId,
                    OrganizationId = userId is null ? null : Guid.CreateVersion7(),
                    ServiceName = service,
                    Payload = payload ?? $$"""{"execution_id":"{{execution}}","queue_position":{{i}},"priority":"normal","number":{{i}}}""",
                }).EventId);
            }

            await scope.Db.SaveChangesAsync();
        }

        await NumberAsync();
        return ids;
    }

    public Task NumberAsync() => Database.Get<EventRelay>().RunAsync(CancellationToken.None);

    /// <summary>A session that was just started.</summary>
    public async Task<Guid> StartAsync(ReplayTarget target, ReplayFilter? filter = null, Func<ReplayConfig, ReplayConfig>? configure = null, ReplayType type = ReplayType.Query)
    {
        var config = new ReplayConfig { ReplayType = type, Target = target, Filter = filter ?? new ReplayFilter { AggregateId = "a" }, SpeedMultiplier = ReplayConfig.FullSpeed };
        var now = Database.Clock.GetUtcNow();
        await using var scope = Database.As(Caller.Platform);
        var session = scope.Db.ReplaySessions.Add(new ReplaySession
        {
            Id = Guid.CreateVersion7(),
            Config = configure?.Invoke(config) ?? config,
            CorrelationId = ReplaySource.NewCorrelationId(now),
            CreatedAt = now,
            StartedAt = now,
            Status = ReplayStatus.Running,
        }).Entity;
        await scope.Db.SaveChangesAsync();
        return session.Id;
    }

    /// <summary>One call of the session's activity.</summary>
    public async Task<ReplayStep> AdvanceAsync(Guid id, long? due = null)
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Get<RunReplay>().AdvanceAsync(id, due, CancellationToken.None);
    }

    public async Task<bool> FinishAsync(Guid id)
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Get<FinishReplay>().FinishAsync(id, CancellationToken.None);
    }

    /// <summary>All batches and the end.</summary>
    public async Task<ReplaySession> RunAsync(Guid id)
    {
        while (await AdvanceAsync(id) is { Kind: ReplayStepKind.More })
        {
        }

        Assert.True(await FinishAsync(id));
        await NumberAsync();
        return await GetAsync(id);
    }

    public async Task<ReplaySession> GetAsync(Guid id)
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Db.ReplaySessions.AsNoTracking().SingleAsync(s => s.Id == id);
    }

    public async Task<T> ControlAsync<T>(Func<ReplayControl, Task<T>> use)
    {
        await using var scope = Database.As(Caller.Platform);
        return await use(scope.Get<ReplayControl>());
    }

    /// <summary>What sessions have put on the bus, in its order.</summary>
    public async Task<List<PlatformEvent>> RepeatedAsync()
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Db.Events.AsNoTracking().Where(e => e.ReplayOf != null).OrderBy(e => e.RowId).ToListAsync();
    }

    /// <summary>The lines of a session's file; null without one.</summary>
    public async Task<List<JsonElement>?> LinesAsync(Guid id, string name = "events.jsonl")
    {
        await using var content = await Database.Get<IBlobStore>().OpenReadAsync($"replays/{id}/{name}", CancellationToken.None);
        return content is null ? null : await ReplayLines.ReadAsync(content);
    }

    /// <summary>Brings notices to the consumer.</summary>
    public async Task NotifyAsync(IEnumerable<PlatformEvent> events)
    {
        foreach (var e in events)
            await Database.Get<EventConsumer>().HandleAsync(Consumer, new EventNotice(e.EventId, e.EventType, e.AggregateId), CancellationToken.None);
    }

    /// <summary>What the consumer has handled, in its order.</summary>
    public IReadOnlyList<Guid> Handled => Database.Get<List<Guid>>();

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    private sealed class RecordingHandler(List<Guid> handled) : IEventHandler
    {
        public Task HandleAsync(PlatformEvent stored, CancellationToken ct)
        {
            handled.Add(stored.EventId);
            return Task.CompletedTask;
        }
    }
}

internal static class ReplayLines
{
    public static async Task<List<JsonElement>> ReadAsync(Stream content)
    {
        using var reader = new StreamReader(content);
        return [.. (await reader.ReadToEndAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<JsonElement>(line))];
    }

    /// <summary>The event that the line repeats.</summary>
    public static Guid OriginalOf(JsonElement line) => line.GetProperty("metadata").GetProperty("original_event_id").GetGuid();
}
