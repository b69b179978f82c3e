using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

using Platform.Data;
using Platform.Identity;

namespace Platform.Tests.Fixtures;

/// <summary>
/// A fresh, migrated database with the platform's data services on it: a SQLite file, or a database of the shared PostgreSQL server.
/// <c>await using var database = await TestDatabase.CreateAsync();</c>
/// </summary>
public sealed class TestDatabase : IAsyncDisposable
{
    private readonly ServiceProvider _provider;
    private readonly string? _directory;

    private TestDatabase(ServiceProvider provider, FakeTimeProvider clock, string? directory) => (_provider, Clock, _directory) = (provider, clock, directory);

    public IServiceProvider Services => _provider;

    public FakeTimeProvider Clock { get; }

    public static async Task<TestDatabase> CreateAsync(Action<IServiceCollection>? configure = null, bool migrate = true)
    {
        var directory = Directory.CreateTempSubdirectory("platform-test-").FullName;
        if (migrate)
            await SqliteTemplate.CopyToAsync(directory);
        return await CreateAsync(new() { ["Platform:DataDirectory"] = directory }, directory, configure, migrate);
    }

    /// <summary>On a file in <paramref name="directory"/> that has no tables yet; the folder stays.</summary>
    public static Task<TestDatabase> CreateEmptyAsync(string directory) => CreateAsync(new() { ["Platform:DataDirectory"] = directory }, null, configure: null, migrate: false);

    /// <param name="connectionString">Of an empty database of its own.</param>
    public static Task<TestDatabase> CreatePostgresAsync(string connectionString, Action<IServiceCollection>? configure = null, bool migrate = true) =>
        CreateAsync(new() { ["Database:Provider"] = "postgres", ["Database:ConnectionString"] = connectionString }, null, configure, migrate);

    /// <summary>A unit of work in the name of <paramref name="caller"/>.</summary>
    public TestScope As(Caller caller) => new(_provider.GetRequiredService<IServiceScopeFactory>().CreateScopeFor(caller));

    public T Get<T>() where T : notnull => _provider.GetRequiredService<T>();

    public async ValueTask DisposeAsync()
    {
        await _provider.DisposeAsync();
        if (_directory is null)
            return;
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        await TempFolder.DeleteAsync(_directory);
    }

    private static async Task<TestDatabase> CreateAsync(
        Dictionary<string, string?> settings, string? directory, Action<IServiceCollection>? configure, bool migrate)
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(clock);
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddPlatformData(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
        services.RefuseDoubtfulQueries();
        configure?.Invoke(services);
        var database = new TestDatabase(services.BuildServiceProvider(validateScopes: true), clock, directory);
        if (migrate)
            await database.Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        return database;
    }
}

/// <summary>One unit of work of a test.</summary>
public sealed class TestScope(AsyncServiceScope scope) : IAsyncDisposable
{
    public PlatformDbContext Db { get; } = scope.ServiceProvider.GetRequiredService<PlatformDbContext>();

    public IServiceProvider Services => scope.ServiceProvider;

    public T Get<T>() where T : notnull => scope.ServiceProvider.GetRequiredService<T>();

    public ValueTask DisposeAsync() => scope.DisposeAsync();
}

/// <summary>Callers for tests.</summary>
public static class TestCallers
{
    public static Caller User(Guid? userId = null, Guid? organizationId = null, CredentialKind credential = CredentialKind.Bearer, bool isOperator = false) => new()
    {
        Kind = CallerKind.User,
        UserId = userId ?? Guid.CreateVersion7(),
        Username = "tester",
        OrganizationId = organizationId ?? Guid.CreateVersion7(),
        Credential = credential,
        IsOperator = isOperator,
    };
}
