using System.Collections.Concurrent;

namespace Platform.Executions;

/// <summary>The executions whose scripts run in this process, so that a cancellation reaches them.</summary>
public sealed class RunningExecutions
{
    private readonly ConcurrentDictionary<Guid, Running> _running = new();

    public bool IsEmpty => _running.IsEmpty;

    /// <summary>Set when a run begins.</summary>
    internal WorkSignal Entered { get; } = new();

    public IReadOnlyCollection<Guid> Ids => [.. _running.Keys];

    /// <summary>Announces a run; dispose what is returned when it is over.</summary>
    public Running Enter(Guid executionId, CancellationToken ct)
    {
        var running = new Running(this, executionId, ct);
        _running[executionId] = running;
        Entered.Set();
        return running;
    }

    /// <summary>Stops the run if it is here.</summary>
    public void Cancel(Guid executionId)
    {
        if (_running.TryGetValue(executionId, out var running))
            running.Cancel();
    }

    /// <summary>One run: <see cref="Token"/> ends with the host's wish or with the user's.</summary>
    public sealed class Running : IDisposable
    {
        private readonly RunningExecutions _all;
        private readonly Guid _id;
        private readonly CancellationTokenSource _stop;

        internal Running(RunningExecutions all, Guid id, CancellationToken ct)
        {
            (_all, _id) = (all, id);
            _stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        }

        public CancellationToken Token => _stop.Token;

        public bool CancelledByUser { get; private set; }

        public void Dispose()
        {
            _all._running.TryRemove(new KeyValuePair<Guid, Running>(_id, this));
            _stop.Dispose();
        }

        internal void Cancel()
        {
            CancelledByUser = true;
            try
            {
                _stop.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // the run ended at this very moment; its own result stands
            }
        }
    }
}
