using Microsoft.Data.Sqlite;
using Npgsql;

namespace Platform.Tests.Fixtures;

/// <summary>Databases that store nothing any more, and are mended again.</summary>
public static class StorageFaults
{
    /// <summary>Far more than any test needs.</summary>
    private const int Unlimited = 1_000_000;

    /// <summary>So many rows of a page or less use up the free pages of a test's file.</summary>
    public const int MoreThanTheFreePages = 10_000;

    /// <summary>The file may grow by no page any more, as on a full disk. It holds for this connection.</summary>
    public const string FillSqlite = "PRAGMA max_page_count = 1";

    public static readonly string EmptySqlite = $"PRAGMA max_page_count = {Unlimited}";

    public const string MakeSqliteReadOnly = "PRAGMA query_only = ON";

    public const string MakeSqliteWritable = "PRAGMA query_only = OFF";

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>New sessions of the database are read-only, or not any more. With <paramref name="cutOff"/> those that are open end, as they do when a server becomes a standby.</summary>
    public static async Task SetPostgresReadOnlyAsync(string connectionString, bool readOnly, bool cutOff)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var database = settings.Database!;
        settings.Database = "postgres";
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await using (var alter = new NpgsqlCommand($"ALTER DATABASE {database} SET default_transaction_read_only = {(readOnly ? "on" : "off")}", connection))
            await alter.ExecuteNonQueryAsync();
        if (!cutOff)
            return;
        await using var cut = new NpgsqlCommand("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1", connection) { Parameters = { new() { Value = database } } };
        await cut.ExecuteNonQueryAsync();
    }
}
