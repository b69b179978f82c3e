using System.Collections.Concurrent;

namespace Platform.UserFunctions;

/// <summary>How many tests of each function run in this process.</summary>
public sealed class TestTurns
{
    private const int Most = 3;

    private readonly ConcurrentDictionary<Guid, int> _running = new();

    /// <summary>Null when there are three already.</summary>
    public IDisposable? TryEnter(Guid functionId)
    {
        if (_running.AddOrUpdate(functionId, 1, (_, count) => count + 1) <= Most)
            return new Turn(this, functionId);
        Leave(functionId);
        return null;
    }

    private void Leave(Guid functionId)
    {
        if (_running.AddOrUpdate(functionId, 0, (_, count) => count - 1) == 0)
            _running.TryRemove(KeyValuePair.Create(functionId, 0));
    }

    private sealed class Turn(TestTurns turns, Guid functionId) : IDisposable
    {
        public void Dispose() => turns.Leave(functionId);
    }
}
