using System.Data.Common;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Platform.SystemTests;

/// <summary>What must hold in the platform's database when everything has ended; the query lists contradictions.</summary>
internal sealed record Promise(string Says, string Query);

/// <summary>Reads the platform's database from outside and says what contradicts promises.</summary>
internal sealed class Ledger(string? postgres, string sqliteFile, IReadOnlyList<Promise> promises)
{
    /// <summary>Waits until all promises hold, while recovery is under way; returns those that still do not when patience ends.</summary>
    public async Task<List<string>> UntilNoneAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        List<string> found;
        while ((found = await ContradictionsAsync()).Count > 0 && !limit.IsCancellationRequested)
            await Task.Delay(200);
        return found;
    }

    /// <summary>Promises that do not hold at this moment, with examples.</summary>
    public async Task<List<string>> ContradictionsAsync()
    {
        await using var connection = await OpenAsync();
        List<string> found = [];
        foreach (var (promise, query) in promises)
        {
            if (await ListAsync(connection, query) is { Count: > 0 } rows)
                found.Add($"{promise}: {rows.Count} ({string.Join("; ", rows.Take(3))})");
        }

        return found;
    }

    /// <summary>The first column of what a query finds, as text.</summary>
    public async Task<List<string>> ListAsync(string query)
    {
        await using var connection = await OpenAsync();
        return await ListAsync(connection, query);
    }

    private async Task<DbConnection> OpenAsync()
    {
        DbConnection connection = postgres is not null ? new NpgsqlConnection(postgres) : new SqliteConnection($"Data Source={sqliteFile};Mode=ReadOnly");
        await connection.OpenAsync();
        return connection;
    }

    private static async Task<List<string>> ListAsync(DbConnection connection, string query)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of tests
        command.CommandText = query;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        List<string> rows = [];
        while (await reader.ReadAsync())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
