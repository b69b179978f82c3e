using System.Data;
using System.Data.Common;
using Microsoft.Data.Sqlite;
using Platform.Data;

namespace Platform.Tests.Data;

public sealed class SqlitePoolTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sqlite-pool-");
    private readonly SqlitePool _pool = new();
    private readonly string _connectionString;
    private int _made;

    public SqlitePoolTests()
    {
        _connectionString = $"Data Source={Path.Combine(_folder.FullName, "t.db")};Pooling=False";
        using var connection = Open();
        Execute(connection, "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT UNIQUE)");
    }

    [Fact]
    public void Open_AfterAnotherUse_GetsTheLastSessionWithItsStatements()
    {
        SqliteSession session;
        SqliteCommand parsed;
        using (var first = Open())
        {
            session = first.Session;
            Execute(first, "INSERT INTO t (name) VALUES (@name)", "a");
            parsed = session.Rent("INSERT INTO t (name) VALUES (@name)");
            session.Return(parsed);
        }

        using var second = Open();
        Assert.Same(session, second.Session);
        Execute(second, "INSERT INTO t (name) VALUES (@name)", "b");
        Assert.Same(parsed, second.Session.Rent("INSERT INTO t (name) VALUES (@name)"));
        Assert.Equal(1, _made);
    }

    [Fact]
    public void Close_WithATransactionLeftOpen_RollsBackAndIsNotHandedOn()
    {
        using (var careless = Open())
        {
            using var insert = careless.CreateCommand();
            insert.Transaction = careless.BeginTransaction();
            insert.CommandText = "INSERT INTO t (name) VALUES ('lost')";
            insert.ExecuteNonQuery();
        }

        using var next = Open();
        Assert.Equal(2, _made);
        Assert.Equal(0L, Scalar(next, "SELECT count(*) FROM t"));
        Execute(next, "INSERT INTO t (name) VALUES (@name)", "kept");
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
        var many = Enumerable.Range(0, 40).Select(_ => Open()).ToList();
        var sessions = many.ConvertAll(c => c.Session);
        many.ForEach(c => c.Dispose());
        Assert.Equal(16, sessions.Count(s => s.Connection.State == ConnectionState.Open));
        _pool.Dispose();
        Assert.DoesNotContain(sessions, s => s.Connection.State == ConnectionState.Open);
    }

    public void Dispose()
    {
        _pool.Dispose();
        _folder.Delete(recursive: true);
    }

    private SqlitePooledConnection Open()
    {
        var connection = new SqlitePooledConnection(_pool, Create, _connectionString);
        connection.Open();
        return connection;
    }

    private SqliteConnection Create()
    {
        _made++;
        return new SqliteConnection(_connectionString);
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

    private static object? Scalar(SqlitePooledConnection connection, string sql, string? name = null)
    {
        using var command = Command(connection, sql, name);
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
