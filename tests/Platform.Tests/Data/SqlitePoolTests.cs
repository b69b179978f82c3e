using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Platform.Data;

namespace Platform.Tests.Data;

public sealed class SqlitePoolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sqlite-pool-");
    private readonly SqlitePool _pool;

    public SqlitePoolTests()
    {
        _pool = new SqlitePool($"Data Source={Path.Combine(_folder.FullName, "t.db")};Pooling=False");
        using var connection = Open();
        Execute(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
    }

    [Fact]
    public void Execute_AfterAnotherUse_GetsTheLastSessionWithItsStatements()
    {
        const string Insert = "INSERT INTO t (name) VALUES (@name)";
        using (var first = Open())
            Execute(first, Insert, "a");
        var session = _pool.Rent();
        var parsed = session.Rent(Insert);
        session.Return(parsed);
        _pool.Return(session);

        using var second = Open();
        Execute(second, Insert, "b");
        Assert.Same(session, _pool.Rent());
        Assert.Same(parsed, session.Rent(Insert));
    }

    [Fact]
    public void BeginTransaction_OneAfterTheOther_HaveOneSessionThatNobodyElseUses()
    {
        var writer = _pool.RentWriter(SqliteDurability.Full);
        _pool.ReturnWriter(writer);
        foreach (var name in new[] { "a", "b" })
        {
            using var connection = Open();
            using var transaction = (SqlitePooledTransaction)connection.BeginTransaction();
            Assert.Same(writer, transaction.Session);
            using var command = Command(connection, "INSERT INTO t (name) VALUES (@name)", name);
            command.Transaction = transaction;
            command.ExecuteNonQuery();
            using var reader = Open();
            Assert.Equal(name == "a" ? 0L : 1L, Scalar(reader, "SELECT count(*) FROM t"));
            transaction.Commit();
        }

        using var after = Open();
        Assert.Equal(2L, Scalar(after, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void BeginTransaction_Relaxed_LastsForThatTransactionOnly()
    {
        Assert.Equal(1L, Synchronous(SqliteDurability.Relaxed));
        Assert.Equal(2L, Synchronous(SqliteDurability.Full));
    }

    [Fact]
    public void Close_WithATransactionLeftOpen_RollsBack()
    {
        using (var careless = Open())
        {
            using var insert = careless.CreateCommand();
            insert.Transaction = careless.BeginTransaction();
            insert.CommandText = "INSERT INTO t (name) VALUES ('lost')";
            insert.ExecuteNonQuery();
        }

        using var next = Open();
        Assert.Equal(0L, Scalar(next, "SELECT count(*) FROM t"));
        Execute(next, "INSERT INTO t (name) VALUES (@name)", "kept");
        Assert.Equal(1L, Scalar(next, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void Execute_AfterAFailure_TheSameTextWorksAgain()
    {
        using var connection = Open();
        Execute(connection, "INSERT INTO t (name) VALUES (@name)", "a");
        Assert.Throws<SqliteException>(() => Execute(connection, "INSERT INTO t (name) VALUES (@name)", "a"));
        Execute(connection, "INSERT INTO t (name) VALUES (@name)", "b");
        Assert.Equal(2L, Scalar(connection, "SELECT count(*) FROM t"));
    }

    [Fact]
    public void ExecuteReader_TwoOfTheSameTextAtOnce_ReadIndependently()
    {
        using var connection = Open();
        foreach (var name in new[] { "a", "b", "c" })
            Execute(connection, "INSERT INTO t (name) VALUES (@name)", name);

        using var first = Select(connection);
        using var outer = first.ExecuteReader();
        Assert.True(outer.Read());
        using (var second = Select(connection))
        using (var inner = second.ExecuteReader())
            Assert.Equal(["a", "b", "c"], Names(inner));
        Assert.Equal(["b", "c"], Names(outer));
    }

    [Fact]
    public void Execute_OtherParametersAndFewerRows_SeesOnlyItsOwn()
    {
        using var connection = Open();
        Execute(connection, "INSERT INTO t (name) VALUES (@name)", "a");
        Assert.Equal("a", Scalar(connection, "SELECT name FROM t WHERE name = @name", "a"));
        Assert.Null(Scalar(connection, "SELECT name FROM t WHERE name = @name", "b"));
        Assert.Throws<InvalidOperationException>(() => Scalar(connection, "SELECT name FROM t WHERE name = @name"));
    }

    [Fact]
    public void Return_MoreThanItKeeps_ClosesTheRest()
    {
        var sessions = Enumerable.Range(0, 40).Select(_ => _pool.Rent()).ToList();
        sessions.ForEach(_pool.Return);
        Assert.Equal(16, sessions.Count(s => s.Connection.State == ConnectionState.Open));
        _pool.Dispose();
        Assert.DoesNotContain(sessions, s => s.Connection.State == ConnectionState.Open);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    private SqlitePooledConnection Open(SqliteDurability durability = SqliteDurability.Full)
    {
        var connection = new SqlitePooledConnection(_pool, durability);
        connection.Open();
        return connection;
    }

    private long Synchronous(SqliteDurability durability)
    {
        using var connection = Open(durability);
        using var transaction = connection.BeginTransaction();
        return (long)Scalar(connection, "PRAGMA synchronous", transaction: transaction)!;
    }

    private static DbCommand Select(SqlitePooledConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = "SELECT name FROM t ORDER BY name";
        return command;
    }

    private static List<string> Names(DbDataReader reader)
    {
        List<string> names = [];
        while (reader.Read())
            names.Add(reader.GetString(0));
        return names;
    }

    private static void Execute(SqlitePooledConnection connection, string sql, string? name = null)
    {
        using var command = Command(connection, sql, name);
        command.ExecuteNonQuery();
    }

    private static object? Scalar(SqlitePooledConnection connection, string sql, string? name = null, DbTransaction? transaction = null)
    {
        using var command = Command(connection, sql, name);
        command.Transaction = transaction;
        return command.ExecuteScalar();
    }

    private static DbCommand Command(SqlitePooledConnection connection, string sql, string? name)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        if (name is not null)
            command.Parameters.Add(new SqliteParameter("@name", name));
        return command;
    }
}
