using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Data;
using Platform.Events;
using Platform.Executions;
using Platform.Idempotency;
using Platform.Identity;
using Platform.Quotas;
using Platform.Sandbox;
using Platform.Sandbox.Runtimes;
using Platform.Secrets;
using Platform.Settings;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Executions;

/// <summary>The area on a real database with a scripted sandbox, and without host or durable engine: the test plays the orchestrator.</summary>
internal sealed class ExecutionLab : IAsyncDisposable
{
    private readonly Dictionary<Guid, RunExecution.Input> _inputs = [];

    private ExecutionLab(TestDatabase database) => Database = database;

    public TestDatabase Database { get; }

    public ScriptedSandbox Sandbox => (ScriptedSandbox)Database.Get<ISandbox>();

    public Caller User { get; } = TestCallers.User() with { ProjectId = Guid.CreateVersion7() };

    /// <summary>On PostgreSQL when a connection string is given, else on SQLite.</summary>
    /// <param name="runAhead">Scripts start with their slots; else nothing runs before <see cref="AdvanceAsync"/>.</param>
    public static async Task<ExecutionLab> CreateAsync(string? postgres = null, int maxConcurrent = 10, Dictionary<string, string?>? configuration = null, bool runAhead = false)
    {
        configuration = new(configuration ?? []) { [$"{ExecutionOptions.Section}:{nameof(ExecutionOptions.RunAhead)}"] = $"{runAhead}" };

        void Configure(IServiceCollection services)
        {
            var languages = new RuntimeCatalog();
            languages.Publish([new SupportedRuntime("python", "3.11", "3.11.2", "main.py", "py", ["/usr/bin/python3"], "print(1)")]);
            services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(configuration).Build());
            services.AddSingleton(languages).AddSingleton<ISandbox, ScriptedSandbox>().AddSingleton<SandboxPool>().AddSingleton<SystemSettingsStore>();
            services.Configure<SandboxOptions>(o => o.Cpu = 1000);
            services.AddAudit().AddIdempotency().AddSecrets().AddEventTail().AddQuotas().AddExecutions();
        }

        var database = postgres is null ? await TestDatabase.CreateAsync(Configure) : await TestDatabase.CreatePostgresAsync(postgres, Configure);
        var lab = new ExecutionLab(database);
        await lab.LimitAsync(maxConcurrent);
        return lab;
    }

    public async Task<Guid> StartAsync(string script = "print(1)", ExecutionPriority priority = ExecutionPriority.Normal, Caller? caller = null, string? correlationId = null)
    {
        await using var scope = Database.As(caller ?? User);
        scope.Get<CallerScope>().CorrelationId = correlationId;
        var started = await scope.Get<StartExecution>().StartAsync(new ExecutionRequest { Script = script, Priority = priority }, CancellationToken.None);
        var id = started.Value.ExecutionId;
        _inputs[id] = new RunExecution.Input(id, "corr", 3600);
        Database.Clock.Advance(TimeSpan.FromMilliseconds(1)); // "first come" has the resolution of a millisecond
        return id;
    }

    /// <summary>One call of the saga's activity.</summary>
    public async Task<ExecutionStep> AdvanceAsync(Guid id, CancellationToken ct = default)
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Get<AdvanceExecution>().AdvanceAsync(_inputs[id], ct);
    }

    public async Task<Result<CancelAnswer>> CancelAsync(Guid id)
    {
        await using var scope = Database.As(User);
        return await scope.Get<CancelExecution>().CancelAsync(id, null, CancellationToken.None);
    }

    public async Task<Execution> GetAsync(Guid id)
    {
        await using var scope = Database.As(Caller.Platform);
        return await scope.Db.Executions.AsNoTracking().Include(e => e.Result).Include(e => e.Saga).Include(e => e.Allocation).SingleAsync(e => e.Id == id);
    }

    /// <summary>Types of the stored events in the order of storing.</summary>
    public async Task<List<string>> EventsAsync(Guid id)
    {
        var aggregate = id.ToString();
        await using var scope = Database.As(Caller.Platform);
        return await scope.Db.Events.Where(e => e.AggregateId == aggregate).OrderBy(e => e.RowId).Select(e => e.EventType).ToListAsync();
    }

    public async Task LimitAsync(int maxConcurrent)
    {
        await using var scope = Database.As(Caller.Platform);
        var store = scope.Get<SystemSettingsStore>();
        await store.SetAsync(scope.Db, new SystemSettings { ExecutionLimits = new() { MaxConcurrentExecutions = maxConcurrent } }, CancellationToken.None);
        await scope.Db.SaveChangesAsync();
        store.Renew();
    }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
