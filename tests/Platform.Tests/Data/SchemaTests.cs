using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

using Platform.Identity;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Data;

public sealed class SchemaTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Migrate_Sqlite_GivesTheSchemaOfTheModel()
    {
        await using var migrated = await TestDatabase.CreateAsync();
        await using var created = await TestDatabase.CreateAsync(migrate: false);
        await AssertSameAsync(migrated, created);
    }

    [Fact]
    public async Task Migrate_Postgres_GivesTheSchemaOfTheModel()
    {
        await using var migrated = await TestDatabase.CreatePostgresAsync(await postgres.CreateDatabaseAsync());
        await using var created = await TestDatabase.CreatePostgresAsync(await postgres.CreateDatabaseAsync(), migrate: false);
        await AssertSameAsync(migrated, created);
    }

    private static async Task AssertSameAsync(TestDatabase migrated, TestDatabase created)
    {
        await using var left = migrated.As(Caller.Platform);
        await using var right = created.As(Caller.Platform);
        await right.Db.GetService<IRelationalDatabaseCreator>().CreateTablesAsync();

        var actual = await SchemaSnapshot.ReadAsync(left.Db);
        var expected = await SchemaSnapshot.ReadAsync(right.Db);

        Assert.NotEmpty(expected);
        Assert.Equal("", string.Join('\n', expected.Except(actual).Select(l => "only in the model: " + l).Concat(actual.Except(expected).Select(l => "only migrated: " + l))));
    }
}
