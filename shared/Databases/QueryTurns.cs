using Microsoft.Extensions.Options;

namespace Platform.Databases;

/// <summary>The queries that run in this process: how many there may be at once, and which end when their database goes.</summary>
public sealed class QueryTurns(IOptions<DatabaseOptions> options)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, List<Turn>> _running = [];
    private int _count;

    /// <summary>Null when the database or the process runs as many as it may; dispose the turn at the end.</summary>
    public Turn? TryEnter(Guid databaseId, CancellationToken ct)
    {
        lock (_lock)
        {
            if (!_running.TryGetValue(databaseId, out var turns))
                _running.Add(databaseId, turns = []);
            if (turns.Count >= options.Value.MaxConcurrentQueries || _count >= options.Value.MaxConcurrentQueriesPerHost)
            {
                Forget(databaseId, turns);
                return null;
            }

            var turn = new Turn(this, databaseId, ct);
            turns.Add(turn);
            _count++;
            return turn;
        }
    }

    /// <summary>How many run on the database in this process.</summary>
    public int RunningOn(Guid databaseId)
    {
        lock (_lock)
            return _running.GetValueOrDefault(databaseId, []).Count;
    }

    /// <summary>Ends the queries that run on the database.</summary>
    public void End(Guid databaseId)
    {
        List<Turn> ended;
        lock (_lock)
            ended = [.. _running.GetValueOrDefault(databaseId, [])];
        foreach (var turn in ended)
            turn.Cancel();
    }

    private void Leave(Turn turn)
    {
        lock (_lock)
        {
            var turns = _running[turn.DatabaseId];
            turns.Remove(turn);
            _count--;
            Forget(turn.DatabaseId, turns);
        }
    }

    private void Forget(Guid databaseId, List<Turn> turns)
    {
        if (turns.Count == 0)
            _running.Remove(databaseId);
    }

    /// <summary>The right to run one query.</summary>
    public sealed class Turn : IDisposable
    {
        private readonly QueryTurns _turns;
        private readonly CancellationTokenSource _end;
        private readonly Lock _ending = new();
        private bool _over;

        internal Turn(QueryTurns turns, Guid databaseId, CancellationToken ct)
        {
            (_turns, DatabaseId) = (turns, databaseId);
            _end = CancellationTokenSource.CreateLinkedTokenSource(ct);
            Ended = _end.Token;
        }

        internal Guid DatabaseId { get; }

        /// <summary>Cancelled when the caller has gone or the database goes.</summary>
        public CancellationToken Ended { get; }

        public void Dispose()
        {
            _turns.Leave(this);
            lock (_ending)
            {
                _over = true;
                _end.Dispose();
            }
        }

        internal void Cancel()
        {
            lock (_ending)
            {
                if (!_over)
                    _end.Cancel();
            }
        }
    }
}
