using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Timers;

/// <summary>A timer's row.</summary>
internal sealed record TimerState(DateTimeOffset Last, DateTimeOffset Next, DateTimeOffset Updated, string Schedule, DateTimeOffset LeasedUntil);

/// <summary>
/// The ticks of all timers. A tick is claimed by a lease on the timer's row and only counted when it has run: the tick of a node that dies is run by another once the lease ends. Lease times are the
/// nodes' clocks; the lease is long against their differences.
/// </summary>
internal sealed class TimerStore(HostDatabase database)
{
    /// <summary>The timer's row, made with <paramref name="next"/> as its first tick, or moved there when the schedule has changed.</summary>
    public async Task<TimerState> OpenAsync(string function, string schedule, DateTimeOffset next, DateTimeOffset now, CancellationToken ct)
    {
        await database.RunAsync(
            session => session.ExecuteAsync(
                """
                INSERT INTO timers (function, last_tick, next_tick, updated_at, schedule, lease_owner, lease_until) VALUES (@function, 0, @next, @now, @schedule, '', 0)
                ON CONFLICT (function) DO UPDATE SET next_tick = excluded.next_tick, schedule = excluded.schedule, updated_at = excluded.updated_at WHERE timers.schedule <> excluded.schedule
                """,
                p => p.Add("function", function).Add("next", next.UtcTicks).Add("now", now.UtcTicks).Add("schedule", schedule),
                ct),
            ct);
        return await ReadAsync(function, ct);
    }

    public async Task<TimerState> ReadAsync(string function, CancellationToken ct)
    {
        var rows = await database.RunAsync(
            session => session.QueryAsync(
                "SELECT last_tick, next_tick, updated_at, schedule, lease_until FROM timers WHERE function = @function",
                p => p.Add("function", function),
                static r => new TimerState(Time(r.GetInt64(0)), Time(r.GetInt64(1)), Time(r.GetInt64(2)), r.GetString(3), Time(r.GetInt64(4))),
                ct),
            ct);
        return rows[0];
    }

    /// <summary>Takes the tick; false when another node has it, or has already run it. On SQLite, where there is no other node, that need not outlast a power failure: the tick then runs again.</summary>
    public Task<bool> ClaimAsync(string function, DateTimeOffset tick, string owner, DateTimeOffset now, DateTimeOffset until, CancellationToken ct) => ChangeAsync(
        "UPDATE timers SET lease_owner = @owner, lease_until = @until WHERE function = @function AND next_tick = @tick AND lease_until <= @now",
        function,
        owner,
        [("tick", tick.UtcTicks), ("now", now.UtcTicks), ("until", until.UtcTicks)],
        ct,
        isRelaxed: !database.IsPostgres);

    public Task<bool> RenewAsync(string function, string owner, DateTimeOffset until, CancellationToken ct) =>
        ChangeAsync("UPDATE timers SET lease_until = @until WHERE function = @function AND lease_owner = @owner", function, owner, [("until", until.UtcTicks)], ct);

    /// <summary>Counts the tick as run.</summary>
    public Task<bool> FinishAsync(string function, string owner, DateTimeOffset tick, DateTimeOffset next, DateTimeOffset now, CancellationToken ct) => ChangeAsync(
        "UPDATE timers SET last_tick = @tick, next_tick = @next, updated_at = @now, lease_owner = '', lease_until = 0 WHERE function = @function AND lease_owner = @owner",
        function,
        owner,
        [("tick", tick.UtcTicks), ("next", next.UtcTicks), ("now", now.UtcTicks)],
        ct);

    private async Task<bool> ChangeAsync(string sql, string function, string owner, (string Name, long Value)[] values, CancellationToken ct, bool isRelaxed = false)
    {
        Task<int> Change(HostSession session) => session.ExecuteAsync(
            sql,
            p =>
            {
                p.Add("function", function).Add("owner", owner);
                foreach (var (name, value) in values)
                    p.Add(name, value);
            },
            ct);

        return await (isRelaxed ? database.RunRelaxedAsync(Change, ct) : database.RunAsync(Change, ct)) > 0;
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
