using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

using Platform.Data;
using Platform.DeadLetters;
using Platform.Events;
using Platform.Identity;
using Platform.Tests.Events;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

/// <summary>Reads and writes of every tenant entity of the model, in both directions.</summary>
public sealed class TenantTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    private static readonly Guid Project = Guid.CreateVersion7();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Read_EveryTenantEntity_ShowsOnlyTheCallersRows(bool onPostgres)
    {
        await using var database = await CreateAsync(onPostgres);
        var me = TestCallers.User();
        var other = TestCallers.User();
        var types = await TenantTypesAsync(database);
        foreach (var type in types)
        {
            await StoreAsync(database, type, me);
            await StoreAsync(database, type, other);
        }

        foreach (var type in types)
        {
            Assert.True(await CountAsync(database, type, me) == 1, $"{type.ClrType.Name}: a user sees his row");
            Assert.True(await CountAsync(database, type, other) == 1, $"{type.ClrType.Name}: the other sees his");
            Assert.True(await CountAsync(database, type, Caller.Anonymous) == 0, $"{type.ClrType.Name}: nobody sees nothing");
            Assert.True(await CountAsync(database, type, TestCallers.User()) == 0, $"{type.ClrType.Name}: a stranger sees nothing");
            Assert.True(await CountAsync(database, type, me with { UserId = null, OrganizationId = null }) == 0, $"{type.ClrType.Name}: no id is not every id");
            Assert.True(await CountAsync(database, type, Caller.System(me.OrganizationId!.Value)) == 1, $"{type.ClrType.Name}: the system sees one organization");
            Assert.True(await CountAsync(database, type, Caller.Platform) >= 2, $"{type.ClrType.Name}: the platform sees all");
            var expected = typeof(IOperatorVisible).IsAssignableFrom(type.ClrType) ? await CountAsync(database, type, Caller.Platform) : 0;
            Assert.True(await CountAsync(database, type, TestCallers.User(isOperator: true)) == expected, $"{type.ClrType.Name}: operator");
            if (typeof(IProjectOwned).IsAssignableFrom(type.ClrType))
                await AssertTokensSeeTheirProjectsAsync(database, type, me with { Credential = CredentialKind.AccessToken });
            var foreignToken = me with { Credential = CredentialKind.AccessToken, OrganizationId = Guid.CreateVersion7() };
            Assert.True(await CountAsync(database, type, foreignToken) == 0, $"{type.ClrType.Name}: a token of another organization");
        }
    }

    private static async Task AssertTokensSeeTheirProjectsAsync(TestDatabase database, IEntityType type, Caller token)
    {
        foreach (var (projects, expected) in new (Guid[]? Projects, int Expected)[]
        {
            (null, 1), ([], 0), ([Project], 1), ([Guid.CreateVersion7()], 0), ([Guid.CreateVersion7(), Project], 1), ([Guid.CreateVersion7(), Guid.CreateVersion7()], 0),
        })
            Assert.True(await CountAsync(database, type, token with { TokenProjects = projects }) == expected, $"{type.ClrType.Name}: a token of {projects?.Length.ToString() ?? "all"} projects");
    }

    [Fact]
    public async Task Read_OneContextWithChangingCallers_NeverKeepsTheFirstCallersFilter()
    {
        await using var database = await TestDatabase.CreateAsync();
        var me = TestCallers.User();
        var type = (await TenantTypesAsync(database)).Single(t => t.ClrType == typeof(PlatformEvent));
        await StoreAsync(database, type, me);
        await using var scope = database.As(me);
        Assert.Equal(1, await scope.Db.Events.CountAsync());
        scope.Get<CallerScope>().Current = TestCallers.User();
        Assert.Equal(0, await scope.Db.Events.CountAsync());
        using (scope.Db.ActAs(Caller.Platform))
            Assert.Equal(1, await scope.Db.Events.CountAsync());
        Assert.Equal(0, await scope.Db.Events.CountAsync());
    }

    [Fact]
    public async Task Write_EveryTenantEntity_RefusesAnotherTenantsRow()
    {
        await using var database = await TestDatabase.CreateAsync();
        var owner = TestCallers.User();
        foreach (var type in await TenantTypesAsync(database))
        {
            foreach (var caller in (Caller[])[TestCallers.User(), Caller.Anonymous, Caller.System(Guid.CreateVersion7())])
            {
                if (type.ClrType != typeof(PlatformEvent)) // appending is allowed to all: the event belongs to the owner of what it tells of
                    await Assert.ThrowsAsync<TenantViolationException>(() => StoreAsync(database, type, owner, caller));
                await Assert.ThrowsAsync<TenantViolationException>(() => DeleteAsync(database, type, owner, caller));
            }
        }
    }

    [Fact]
    public async Task Filter_ForAUser_ReadsByTheOwnersColumnAlone()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scope = database.As(TestCallers.User());
        var sql = scope.Db.DeadLetters.Where(d => d.Status == DeadLetterStatus.Pending).ToQueryString();
        Assert.Contains("\"user_id\" = @", sql, StringComparison.Ordinal);
        Assert.DoesNotContain("OR", sql[sql.IndexOf("WHERE", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    private async Task<TestDatabase> CreateAsync(bool onPostgres) =>
        onPostgres ? await TestDatabase.CreatePostgresAsync(await postgres.CreateMigratedDatabaseAsync()) : await TestDatabase.CreateAsync();

    private static async Task<List<IEntityType>> TenantTypesAsync(TestDatabase database)
    {
        await using var scope = database.As(Caller.Platform);
        return [.. scope.Db.Model.GetEntityTypes().Where(t => t.GetDeclaredQueryFilters().Count > 0)];
    }

    private static async Task StoreAsync(TestDatabase database, IEntityType type, Caller owner, Caller? writer = null)
    {
        await using var scope = database.As(writer ?? Caller.Platform);
        await IgnoreReferencesAsync(database, scope.Db);
        if (type.ClrType == typeof(PlatformEvent)) // raised, not added
            scope.Db.Raise(new SampleEvent("x", 1) { OwnerId = owner.UserId, OrganizationId = owner.OrganizationId, ProjectId = Project });
        else
            scope.Db.AddSample(scope.Db.Model.FindEntityType(type.ClrType)!, owner.UserId!.Value, owner.OrganizationId!.Value, Project);
        await scope.Db.SaveChangesAsync();
    }

    private static async Task DeleteAsync(TestDatabase database, IEntityType type, Caller owner, Caller caller)
    {
        await using var scope = database.As(caller);
        var row = scope.Db.AddSample(scope.Db.Model.FindEntityType(type.ClrType)!, owner.UserId!.Value, owner.OrganizationId!.Value, Project);
        foreach (var counted in row.Properties.Where(p => p.IsTemporary))
            (counted.CurrentValue, counted.IsTemporary) = (1L, false);
        row.State = EntityState.Deleted;
        await scope.Db.SaveChangesAsync();
    }

    // A sample row refers to parents that do not exist; the filters are what is tested here.
    private static async Task IgnoreReferencesAsync(TestDatabase database, PlatformDbContext db)
    {
        if (db.Database.IsSqlite())
        {
            var session = database.Get<DatabaseSettings>().Sqlite.RentWriter(SqliteDurability.Full);
            using var command = session.Connection.CreateCommand();
            command.CommandText = "PRAGMA foreign_keys=OFF";
            command.ExecuteNonQuery();
            database.Get<DatabaseSettings>().Sqlite.ReturnWriter(session);
            return;
        }

        await db.Database.OpenConnectionAsync();
        await db.Database.ExecuteSqlRawAsync("SET session_replication_role = replica");
    }

    private static async Task<int> CountAsync(TestDatabase database, IEntityType type, Caller caller)
    {
        await using var scope = database.As(caller);
        var count = typeof(TenantTests).GetMethod(nameof(CountRowsAsync), System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic)!;
        return await (Task<int>)count.MakeGenericMethod(type.ClrType).Invoke(null, [scope.Db])!;
    }

    private static Task<int> CountRowsAsync<T>(PlatformDbContext db) where T : class => db.Set<T>().CountAsync();
}
