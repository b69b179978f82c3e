using System.Data.Common;
using Platform.Data;

namespace Platform.RateLimits;

/// <summary>The counts that several processes share, one row per bucket, changed by compare-and-set.</summary>
internal sealed class SharedRateStore(DatabaseSettings database)
{
    private const int Attempts = 20;

    /// <summary>SQLite serves one process, which counts in its memory.</summary>
    public bool IsShared => !database.IsSqlite;

    /// <summary>Applies <paramref name="change"/> to the stored count and answers both; the change may run several times.</summary>
    public async Task<(RateState State, T Outcome)> ChangeAsync<T>(string bucket, RateRule rule, int limit, bool tokenBucket, long now, Func<RateState, T> change, CancellationToken ct)
    {
        await using var connection = await database.OpenAsync(ct);
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var (bytes, version) = await ReadAsync(connection, bucket, ct);
            var state = RateState.From(bytes, rule, limit, tokenBucket);
            var outcome = change(state);
            if (await WriteAsync(connection, bucket, state.ToBytes(), version, now + (2 * (long)rule.Window.TotalMilliseconds), ct))
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

    private static async Task<(byte[]? State, long Version)> ReadAsync(DbConnection connection, string bucket, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT state, version FROM rate_buckets WHERE bucket = @bucket";
        Add(command, "bucket", bucket);
        await using var reader = await command.ExecuteReaderAsync(ct);
        return await reader.ReadAsync(ct) ? ((byte[])reader[0], reader.GetInt64(1)) : (null, 0);
    }

    private static async Task<bool> WriteAsync(DbConnection connection, string bucket, byte[] state, long version, long expiresAt, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = version == 0
            ? "INSERT INTO rate_buckets (bucket, state, version, expires_at) VALUES (@bucket, @state, 1, @expires) ON CONFLICT DO NOTHING"
            : "UPDATE rate_buckets SET state = @state, version = version + 1, expires_at = @expires WHERE bucket = @bucket AND version = @version";
        Add(command, "bucket", bucket);
        Add(command, "state", state);
        Add(command, "expires", expiresAt);
        if (version > 0)
            Add(command, "version", version);
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
