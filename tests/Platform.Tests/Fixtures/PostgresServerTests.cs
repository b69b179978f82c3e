using Npgsql;

namespace Platform.Tests.Fixtures;

[Collection(PostgresServer.Collection)]
public sealed class PostgresServerTests(PostgresServer server)
{
    [Fact]
    public async Task CreateDatabaseAsync_Twice_GivesSeparateDurableDatabases()
    {
        await using var first = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await using var second = NpgsqlDataSource.Create(await server.CreateDatabaseAsync());
        await using (var create = first.CreateCommand("CREATE TABLE t (x int)"))
            await create.ExecuteNonQueryAsync();

        await using var exists = second.CreateCommand("SELECT to_regclass('t') IS NULL AND current_setting('fsync') = 'on'");
        Assert.Equal(true, await exists.ExecuteScalarAsync());
    }
}
