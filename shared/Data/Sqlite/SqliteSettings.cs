using System.Data.Common;

namespace Platform.Data;

/// <summary>
/// Settings of each SQLite connection. (WAL is a property of the file and is set by the migration.)
/// </summary>
internal static class SqliteSettings
{
    /// <summary>A commit is on disk before it returns, foreign keys hold, and a writer from outside the process is waited for.</summary>
    public static void Apply(DbConnection connection) => Execute(connection, "PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA busy_timeout=10000;");

    /// <summary>A commit reaches the disk with the next one that must.</summary>
    public static void Relax(DbConnection connection) => Execute(connection, "PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=10000;");

    private static void Execute(DbConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
