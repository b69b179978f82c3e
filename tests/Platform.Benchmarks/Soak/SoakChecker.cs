using System.Data.Common;
using System.Diagnostics;
using Npgsql;
using Platform.SystemTests;

namespace Platform.Benchmarks.Soak;

/// <summary>Holds what is stored against what clients were told. What is still under way gets time to end.</summary>
internal sealed class SoakChecker(SoakFleet fleet, SoakLedger told)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    public async Task<List<string>> CheckAsync(CancellationToken ct)
    {
        var ledger = new Ledger(fleet.Database, "", ExecutionPromises.All);
        List<string> violations = [.. await ledger.UntilNoneAsync(Patience)];
        violations.AddRange(Missing("accepted execution", told.Executions, await IdsAsync("SELECT id FROM executions")));
        violations.AddRange(Missing("published event", told.Published, await IdsAsync("SELECT event_id FROM events")));
        violations.AddRange(await UntilNoneAsync("event that nobody can process, without dead letter", () => WithoutDeadLetterAsync(), ct));
        violations.AddRange(await UntilNoneAsync("replay that has not ended", () => UnfinishedReplaysAsync(), ct));
        violations.AddRange(Missing("saved script", told.Scripts.Keys, await IdsAsync("SELECT id FROM saved_scripts")));
        violations.AddRange(await StreamsAsync());
        violations.AddRange(await SettingsAsync());
        violations.AddRange(told.Faults.Distinct(StringComparer.Ordinal).Take(10));
        return violations;
    }

    public Task<long> CountAsync(string table) => ScalarAsync($"SELECT count(*) FROM {table}");

    private static IEnumerable<string> Missing(string what, IEnumerable<Guid> said, HashSet<Guid> stored)
    {
        var lost = said.Where(id => !stored.Contains(id)).ToList();
        return lost.Count == 0 ? [] : [$"{what} lost: {lost.Count} ({string.Join("; ", lost.Take(3))})"];
    }

    private static async Task<IEnumerable<string>> UntilNoneAsync(string what, Func<Task<List<Guid>>> find, CancellationToken ct)
    {
        var waited = Stopwatch.StartNew();
        List<Guid> found;
        while ((found = await find()).Count > 0 && waited.Elapsed < Patience)
            await Task.Delay(500, ct);
        return found.Count == 0 ? [] : [$"{what}: {found.Count} ({string.Join("; ", found.Take(3))})"];
    }

    private async Task<List<Guid>> WithoutDeadLetterAsync()
    {
        var letters = await IdsAsync("SELECT event_id FROM dlq_messages");
        return [.. told.Undeliverable.Where(id => !letters.Contains(id))];
    }

    private async Task<List<Guid>> UnfinishedReplaysAsync()
    {
        var ended = await IdsAsync("SELECT id FROM replay_sessions WHERE status IN ('completed', 'failed', 'cancelled')");
        return [.. told.Replays.Where(id => !ended.Contains(id))];
    }

    private async Task<List<string>> StreamsAsync()
    {
        List<string> wrong = [];
        foreach (var stream in told.Streams)
        {
            var stored = await NumbersAsync($"""
                SELECT sequence FROM events WHERE aggregate_id = '{stream.ExecutionId}' AND (event_type LIKE 'execution%' OR event_type LIKE 'pod%' OR event_type LIKE 'result%')
                    AND sequence <= (SELECT max(sequence) FROM events WHERE aggregate_id = '{stream.ExecutionId}' AND event_type LIKE 'result%') ORDER BY sequence
                """);
            if (stream.OutOfOrder || !stream.Ids.SequenceEqual(stored))
                wrong.Add($"the stream of {stream.ExecutionId} got {string.Join(' ', stream.Ids)}, stored are {string.Join(' ', stored)}{(stream.OutOfOrder ? ", output out of order" : "")}");
        }

        return wrong;
    }

    /// <summary>The first version has no event, each later one has one.</summary>
    private async Task<List<string>> SettingsAsync()
    {
        List<string> wrong = [];
        foreach (var (user, version) in told.Settings)
        {
            if (await ScalarAsync($"SELECT count(*) FROM events WHERE aggregate_id = 'user_settings_{user}' AND replay_of IS NULL") is var changes && changes < version - 1)
                wrong.Add($"settings of {user} were said to be of version {version}, but only {changes} changes are stored");
        }

        return wrong;
    }

    private async Task<HashSet<Guid>> IdsAsync(string sql) => [.. await ListAsync(sql, row => row.GetGuid(0))];

    private Task<List<long>> NumbersAsync(string sql) => ListAsync(sql, row => row.GetInt64(0));

    private async Task<long> ScalarAsync(string sql) => (await NumbersAsync(sql))[0];

    private async Task<List<T>> ListAsync<T>(string sql, Func<DbDataReader, T> read)
    {
        await using var connection = new NpgsqlConnection(fleet.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await using var row = await command.ExecuteReaderAsync();
        List<T> rows = [];
        while (await row.ReadAsync())
            rows.Add(read(row));
        return rows;
    }
}
