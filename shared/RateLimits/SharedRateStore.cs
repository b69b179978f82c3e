using System.Data.Common;
using Platform.Data;

namespace Platform.RateLimits;

/// <summary>
/// The counts that several processes share, one row per bucket, changed by compare-and-set. Who loses that once waits for the row's lock, so that every process
/// gets its turn however many there are.
/// </summary>
internal sealed class SharedRateStore(DatabaseSettings database)
{
    private const int Attempts = 10; // beyond the second only when the row comes or goes in between

    /// <summary>SQLite serves one process, which counts in its memory.</summary>
    public bool IsShared => !database.IsSqlite;

    /// <summary>Applies <paramref name="change"/> to the stored count and answers both; the change may run several times.</summary>
    public async Task<(RateState State, T Outcome)> ChangeAsync<T>(string bucket, RateRule rule, int limit, bool tokenBucket, long now, Func<RateState, T> change, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            await using var transaction = attempt == 0 ? null : await connection.BeginTransactionAsync(ct);
            var (bytes, version) = await ReadAsync(connection, transaction, bucket, ct);
            var state = RateState.From(bytes, rule, limit, tokenBucket);
            var outcome = change(state);
            if (!await WriteAsync(connection, transaction, bucket, state.ToBytes(), version, now, rule.Window, ct))
                continue;
            if (transaction is not null)
                await transaction.CommitAsync(ct);
            return (state, outcome);
        }
        throw new TimeoutException("A rate bucket was changed by others on every attempt");
    }

    public async Task DeleteExpiredAsync(long now, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = "DELETE FROM rate_buckets WHERE expires_at < @now";
        Add(command, "now", now);
        await command.ExecuteNonQueryAsync(ct);
    }

    private static async Task<(byte[]? State, long Version)> ReadAsync(DbConnection connection, DbTransaction? transaction, string bucket, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT state, version FROM rate_buckets WHERE bucket = @bucket{(transaction is null ? "" : " FOR UPDATE")}";
        Add(command, "bucket", bucket);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? ((byte[])reader[0], reader.GetInt64(1)) : (null, 0);
    }

    // A row's versions begin with the time, so that one which expired and came back is not taken for its former self.
    private static async Task<bool> WriteAsync(
        DbConnection connection, DbTransaction? transaction, string bucket, byte[] state, long version, long now, TimeSpan window, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = version == 0
            ? "INSERT INTO rate_buckets (bucket, state, version, expires_at) VALUES (@bucket, @state, @version, @expires) ON CONFLICT DO NOTHING"
            : "UPDATE rate_buckets SET state = @state, version = version + 1, expires_at = @expires WHERE bucket = @bucket AND version = @version";
        Add(command, "bucket", bucket);
        Add(command, "state", state);
        Add(command, "expires", now + (2 * (long)window.TotalMilliseconds));
        Add(command, "version", version == 0 ? now : version);
        return await command.ExecuteNonQueryAsync(ct) > 0;
    }

    private static void Add(DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        parameter.ParameterName = name;
        parameter.Value = value;
        command.Parameters.Add(parameter);
    }
}
