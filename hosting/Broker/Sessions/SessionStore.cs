using EmbeddedFunctions.Storage;

namespace EmbeddedFunctions.Broker.Sessions;

/// <summary>The locks and states of sessions. A session exists as long as it has messages or a state.</summary>
internal sealed class SessionStore(HostDatabase database, TimeProvider clock)
{
    // Jumps from one session to the next in the index, so that the cost grows with the sessions and not with their messages.
    private const string FindWaiting =
        """
        WITH RECURSIVE sessions (id) AS (
            SELECT MIN(session_id) FROM messages WHERE queue = @queue AND session_id > @after
            UNION ALL
            SELECT (SELECT MIN(m.session_id) FROM messages m WHERE m.queue = @queue AND m.session_id > sessions.id) FROM sessions WHERE sessions.id IS NOT NULL)
        SELECT id FROM sessions
        WHERE id IS NOT NULL
            AND NOT EXISTS (SELECT 1 FROM message_sessions s WHERE s.queue = @queue AND s.session_id = id AND s.locked_until > @now)
            AND EXISTS (
                SELECT 1 FROM messages m
                WHERE m.queue = @queue AND m.session_id = id AND (m.visible_at <= @now OR m.lock_token IS NOT NULL) AND m.expires_at > @now)
        ORDER BY id LIMIT @limit
        """;

    private const string Claim =
        """
        INSERT INTO message_sessions (queue, session_id, lock_token, locked_until) VALUES (@queue, @session, @token, @until)
        ON CONFLICT (queue, session_id) DO UPDATE SET lock_token = excluded.lock_token, locked_until = excluded.locked_until WHERE message_sessions.locked_until <= @now
        """;

    private const string Extend =
        "UPDATE message_sessions SET locked_until = @until WHERE queue = @queue AND session_id = @session AND lock_token = @token AND locked_until > @now";

    private const string Free = "UPDATE message_sessions SET lock_token = NULL, locked_until = 0 WHERE queue = @queue AND session_id = @session AND lock_token = @token";

    private const string Forget = "DELETE FROM message_sessions WHERE queue = @queue AND session_id = @session AND lock_token IS NULL AND state IS NULL";

    /// <summary>Sessions with messages that nobody has locked, in the order of their ids after the given one.</summary>
    public Task<List<string>> FindWaitingAsync(string queue, string after, int limit, CancellationToken ct)
    {
        var now = clock.GetUtcNow().UtcTicks;
        return database.RunAsync(
            session => session.QueryAsync(FindWaiting, p => p.Add("queue", queue).Add("after", after).Add("now", now).Add("limit", limit), static row => row.GetString(0), ct), ct);
    }

    /// <summary>Locks the session, or returns null when another has it.</summary>
    public async Task<SessionLock?> ClaimAsync(string queue, string sessionId, TimeSpan duration, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var claim = new SessionLock(queue, sessionId, Guid.CreateVersion7(now).ToString("N"), now + duration);
        return await ExecuteAsync(Claim, claim, now, ct) ? claim : null;
    }

    /// <summary>Extends the lock; false when it has ended.</summary>
    public async Task<bool> RenewAsync(SessionLock held, TimeSpan duration, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var until = now + duration;
        var renewed = await database.RunRelaxedAsync(
            session => session.ExecuteAsync(
                Extend, p => p.Add("queue", held.Queue).Add("session", held.SessionId).Add("token", held.Token).Add("until", until.UtcTicks).Add("now", now.UtcTicks), ct),
            ct);
        if (renewed > 0)
            held.LockedUntil = until;
        return renewed > 0;
    }

    /// <summary>Lets others have the session.</summary>
    public Task ReleaseAsync(SessionLock held, CancellationToken ct) => database.RunRelaxedAsync(
        async session =>
        {
            await session.ExecuteAsync(Free, p => p.Add("queue", held.Queue).Add("session", held.SessionId).Add("token", held.Token), ct);
            return await session.ExecuteAsync(Forget, p => p.Add("queue", held.Queue).Add("session", held.SessionId), ct);
        },
        ct);

    public async Task<byte[]?> ReadStateAsync(SessionLock held, CancellationToken ct)
    {
        var states = await database.RunAsync(
            session => session.QueryAsync(
                "SELECT state FROM message_sessions WHERE queue = @queue AND session_id = @session AND lock_token = @token AND locked_until > @now",
                p => p.Add("queue", held.Queue).Add("session", held.SessionId).Add("token", held.Token).Add("now", clock.GetUtcNow().UtcTicks),
                static row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0),
                ct),
            ct);
        return states.Count == 0 ? throw Lost(held) : states[0];
    }

    public async Task WriteStateAsync(SessionLock held, byte[]? state, CancellationToken ct)
    {
        var written = await database.RunAsync(
            session => session.ExecuteAsync(
                $"UPDATE message_sessions SET state = {(state is null ? "NULL" : "@state")} WHERE queue = @queue AND session_id = @session AND lock_token = @token AND locked_until > @now",
                p =>
                {
                    p.Add("queue", held.Queue).Add("session", held.SessionId).Add("token", held.Token).Add("now", clock.GetUtcNow().UtcTicks);
                    if (state is not null)
                        p.Add("state", state);
                },
                ct),
            ct);
        if (written == 0)
            throw Lost(held);
    }

    public static InvalidOperationException Lost(SessionLock held) => new($"The lock of the session '{held.SessionId}' has ended.");

    private async Task<bool> ExecuteAsync(string sql, SessionLock claim, DateTimeOffset now, CancellationToken ct) => await database.RunRelaxedAsync(
        session => session.ExecuteAsync(
            sql, p => p.Add("queue", claim.Queue).Add("session", claim.SessionId).Add("token", claim.Token).Add("until", claim.LockedUntil.UtcTicks).Add("now", now.UtcTicks), ct),
        ct) > 0;
}
