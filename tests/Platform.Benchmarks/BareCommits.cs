using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Platform.Benchmarks;

/// <summary>Durable commits of one row each, one after another, per second: what a store's disk and protocol cost without any engine.</summary>
internal static class BareCommits
{
    private const int Commits = 2_000;

    public static Task<double> SqliteAsync(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        using var setUp = connection.CreateCommand();
        setUp.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS bare (id INTEGER PRIMARY KEY, data TEXT)";
        setUp.ExecuteNonQuery();
        using var insert = connection.CreateCommand();
        insert.CommandText = "INSERT INTO bare (data) VALUES ('one row')";
        insert.Prepare();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Commits; i++)
            insert.ExecuteNonQuery();
        return Task.FromResult(Commits / Stopwatch.GetElapsedTime(started).TotalSeconds);
    }

    public static async Task<double> PostgresAsync(string database)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var setUp = new NpgsqlCommand("CREATE TABLE IF NOT EXISTS bare (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data text)", connection);
        await setUp.ExecuteNonQueryAsync();
        await using var insert = new NpgsqlCommand("INSERT INTO bare (data) VALUES ('one row')", connection);
        await insert.PrepareAsync();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < Commits; i++)
            await insert.ExecuteNonQueryAsync();
        return Commits / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
