using System.Net;
using Microsoft.Extensions.DependencyInjection;

using Platform.Databases;
using Platform.Identity;
using Platform.Tests.Executions;
using Platform.Tests.Fixtures;

using static Platform.Tests.Databases.BackupLab;

namespace Platform.Tests.Databases;

/// <summary>A node whose time stands still while it makes or restores a database: another does it instead, and what the first does later changes nothing, least of all what users have written since.</summary>
public abstract class PausedDatabaseTests(PlatformApp app, string engine)
{
    private const string Start = "CREATE TABLE t (v TEXT); INSERT INTO t VALUES ('a'), ('b')";

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(60);

    private protected BackupLab Lab { get; } = new(app);

    [Theory]
    [InlineData(Moment.Beginning)]
    [InlineData(Moment.BeforeItsLastLook)]
    [InlineData(Moment.AfterItsLastLook)]
    public async Task Create_OfANodeThatGoesOnLate_LeavesWhatWasMadeAndWritten(Moment moment)
    {
        var (client, id, organization) = await StartAsync();
        await Lab.ChangeAsync(db => db.Databases.Where(row => row.Id == id), row => (row.Status, row.InitSql) = (DatabaseStatus.Creating, Start));

        await OvertakeAsync(client, id, moment, (services, engines) => ActivatorUtilities.CreateInstance<ProvisionDatabase>(services, engines).RunAsync(organization, id, CancellationToken.None));
    }

    [Theory]
    [InlineData(Moment.Beginning)]
    [InlineData(Moment.BeforeItsLastLook)]
    [InlineData(Moment.AfterItsLastLook)]
    public async Task Restore_OfANodeThatGoesOnLate_LeavesWhatWasRestoredAndWritten(Moment moment)
    {
        var (client, id, _) = await StartAsync();
        var (restore, backup) = await RestoringAsync(client, id);

        await OvertakeAsync(client, id, moment, RestoreAsync(restore, id, backup));
    }

    [Fact]
    public async Task Restore_GivenUpWhileItStandsStill_LeavesTheOldDataAndWhatWasWritten()
    {
        var (client, id, _) = await StartAsync();
        var (restore, backup) = await RestoringAsync(client, id);
        var (late, running) = await StandStillAsync(id, Moment.BeforeItsLastLook, RestoreAsync(restore, id, backup));

        await using (var scope = app.As(Caller.Platform))
            await scope.ServiceProvider.GetRequiredService<RestoreBackup>().FailAsync(restore, id, CancellationToken.None);
        (await client.SqlAsync(id, "INSERT INTO t VALUES ('later')")).Ok();
        late.Continue();

        Assert.NotNull(await Record.ExceptionAsync(() => running.WaitAsync(Soon)));
        await AssertWrittenAsync(client, id);
        Assert.Equal("failed", Text((await client.GetAsync(id)).Ok().Data.GetProperty("lastRestore"), "status"));
    }

    [Fact]
    public async Task Restore_WhileTheScheduleIsChanged_EndsWell()
    {
        var (client, id, _) = await StartAsync();
        var (restore, backup) = await RestoringAsync(client, id);
        var (late, running) = await StandStillAsync(id, Moment.AfterItsLastLook, RestoreAsync(restore, id, backup));

        (await client.ScheduleAsync(id, Json("""{"enabled":true,"cron":"0 3 * * *"}"""))).Ok();
        late.Continue();
        await running.WaitAsync(Soon);

        var found = (await client.GetAsync(id)).Ok().Data;
        Assert.Equal(("available", "succeeded"), (Text(found, "status"), Text(found.GetProperty("lastRestore"), "status")));
        Assert.Equal("2", await client.ValueAsync(id, "SELECT count(*) FROM t"));
        Assert.Equal("0 3 * * *", Text(found.GetProperty("backupSchedule"), "cron"));
    }

    /// <summary>What attempts have on the way.</summary>
    protected abstract Task<int> CountStagedAsync(Guid id);

    private async Task<(DatabaseClient Client, Guid Id, Guid Organization)> StartAsync()
    {
        var client = new DatabaseClient(await app.CreateUserAsync());
        var id = Id((await client.CreateAsync(new { name = "main", engine, initSql = Start })).Ok(HttpStatusCode.Created).Data);
        await Until.TrueAsync(async () => Text((await client.GetAsync(id)).Ok().Data, "status") == "available", "the database is made", seconds: 60);
        Guid organization = default;
        await Lab.ChangeAsync(db => db.Databases.Where(row => row.Id == id), row => organization = row.OrganizationId);
        return (client, id, organization);
    }

    private async Task<(Guid Restore, Guid Backup)> RestoringAsync(DatabaseClient client, Guid id)
    {
        var (restore, backup) = (Guid.CreateVersion7(), await BackedUpAsync(client, id));
        await Lab.ChangeAsync(
            db => db.Databases.Where(row => row.Id == id),
            row => (row.Status, row.LastRestore, row.RestoringBackupId) = (DatabaseStatus.Restoring, new LastRestore(restore, backup, RestoreStatus.Running, DateTimeOffset.UtcNow, null, null), backup));
        return (restore, backup);
    }

    private static Func<IServiceProvider, DatabaseEngines, Task> RestoreAsync(Guid restore, Guid id, Guid backup) => (services, engines) =>
    {
        var content = ActivatorUtilities.CreateInstance<BackupFiles>(services, engines);
        return ActivatorUtilities.CreateInstance<RestoreBackup>(services, engines, content).RunAsync(restore, id, backup, CancellationToken.None);
    };

    private async Task OvertakeAsync(DatabaseClient client, Guid id, Moment moment, Func<IServiceProvider, DatabaseEngines, Task> attempt)
    {
        var (late, running) = await StandStillAsync(id, moment, attempt);

        await using (var scope = app.As(Caller.Platform))
            await attempt(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<DatabaseEngines>());
        (await client.SqlAsync(id, "INSERT INTO t VALUES ('later')")).Ok();
        late.Continue();

        Assert.NotNull(await Record.ExceptionAsync(() => running.WaitAsync(Soon)));
        await AssertWrittenAsync(client, id);
    }

    private async Task<(PausingEngine Late, Task Running)> StandStillAsync(Guid id, Moment moment, Func<IServiceProvider, DatabaseEngines, Task> attempt)
    {
        var kind = default(DatabaseEngine);
        await Lab.ChangeAsync(db => db.Databases.Where(row => row.Id == id), row => kind = row.Engine);
        var arrived = new TaskCompletionSource<PausingEngine>(TaskCreationOptions.RunContinuationsAsynchronously);
        var running = RunAsync();
        var late = await arrived.Task;
        await Task.WhenAny(late.Arrived, running).WaitAsync(Soon);
        Assert.False(running.IsCompleted, running.Exception?.ToString());
        return (late, running);

        async Task RunAsync()
        {
            await using var scope = app.As(Caller.Platform);
            var pausing = new PausingEngine(scope.ServiceProvider.GetRequiredService<DatabaseEngines>().Of(kind), moment);
            arrived.SetResult(pausing);
            await attempt(scope.ServiceProvider, new DatabaseEngines([pausing]));
        }
    }

    private async Task AssertWrittenAsync(DatabaseClient client, Guid id)
    {
        Assert.Equal("available", Text((await client.GetAsync(id)).Ok().Data, "status"));
        Assert.Equal("3", await client.ValueAsync(id, "SELECT count(*) FROM t"));
        Assert.Equal(0, await CountStagedAsync(id));
    }
}

public abstract class PausedFileTests(PlatformApp app) : PausedDatabaseTests(app, "sqlite")
{
    protected override Task<int> CountStagedAsync(Guid id) => Task.FromResult(Lab.TemporaryFilesOf($"{id:N}").Length);
}

public sealed class PausedDatabaseOnSqliteTests(SqliteApp fixture) : PausedFileTests(fixture.App), IClassFixture<SqliteApp>;

public sealed class PausedDatabaseOnPostgresTests(PostgresApp fixture) : PausedFileTests(fixture.App), IClassFixture<PostgresApp>;

[Collection(ManagedPostgres.Collection)]
public sealed class PausedPostgresDatabaseTests(ManagedPostgres server) : PausedDatabaseTests(server.App, "postgresql")
{
    protected override async Task<int> CountStagedAsync(Guid id) => (int)await server.ReadAsync<long>($"SELECT count(*) - 1 FROM pg_database WHERE datname ~ 'mdb_{id:N}'");
}
