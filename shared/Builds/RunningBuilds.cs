using System.Collections.Concurrent;

namespace Platform.Builds;

/// <summary>The builds that run in this process, so that a cancellation reaches them at once.</summary>
public sealed class RunningBuilds
{
    private readonly ConcurrentDictionary<Guid, Entry> _running = new();

    /// <summary>Whether the build's work goes on in this process.</summary>
    internal bool Contains(Guid buildId) => _running.ContainsKey(buildId);

    /// <summary>Announces a run, whose token ends when somebody wants it to; dispose what is returned when it is over. Null when it runs here already.</summary>
    internal Entry? TryEnter(Guid buildId)
    {
        var entry = new Entry(this, buildId);
        if (_running.TryAdd(buildId, entry))
            return entry;
        entry.Dispose();
        return null;
    }

    /// <summary>Stops the run if it is here.</summary>
    internal void Cancel(Guid buildId)
    {
        if (_running.TryGetValue(buildId, out var entry))
            entry.Cancel();
    }

    internal sealed class Entry(RunningBuilds all, Guid buildId) : IDisposable
    {
        private readonly CancellationTokenSource _cancelled = new();

        /// <summary>Ends when a user wants the build to end.</summary>
        public CancellationToken Cancelled => _cancelled.Token;

        public void Cancel()
        {
            try
            {
                _cancelled.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // it ended at this very moment; its own result stands
            }
        }

        public void Dispose()
        {
            all._running.TryRemove(new KeyValuePair<Guid, Entry>(buildId, this));
            _cancelled.Dispose();
        }
    }
}
