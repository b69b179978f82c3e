using Microsoft.Data.Sqlite;

using Platform.Data;

namespace Platform.Tests.Fixtures;

/// <summary>The SQLite file of a platform that was just migrated, made once per process and copied for each test.</summary>
internal static class SqliteTemplate
{
    public const string FileName = "platform.db";

    private static readonly Lazy<Task<byte[]>> Content = new(MakeAsync);

    /// <summary>Puts a copy into the data directory, which has no database yet.</summary>
    public static async Task CopyToAsync(string directory) => await File.WriteAllBytesAsync(Path.Combine(directory, FileName), await Content.Value);

    private static async Task<byte[]> MakeAsync()
    {
        var directory = Directory.CreateTempSubdirectory("platform-template-").FullName;
        await using (var database = await TestDatabase.CreateEmptyAsync(directory))
            await database.Get<DatabaseMigrator>().MigrateAsync(CancellationToken.None);
        var file = Path.Combine(directory, FileName);
        await using (var connection = new SqliteConnection($"Data Source={file};Pooling=False"))
        {
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
            await command.ExecuteNonQueryAsync();
        }

        var content = await File.ReadAllBytesAsync(file);
        await TempFolder.DeleteAsync(directory);
        return content;
    }
}
