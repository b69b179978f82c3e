using System.Collections.Concurrent;

namespace Platform.Tests.Events;

/// <summary>What functions of a test did.</summary>
public sealed class Seen
{
    private readonly ConcurrentQueue<string> _names = new();
    private readonly SemaphoreSlim _changed = new(0);

    public void Add(string kind, string name)
    {
        _names.Enqueue($"{kind} {name}");
        _changed.Release();
    }

    public IEnumerable<string> Names(string kind) => _names.Where(n => n.StartsWith(kind, StringComparison.Ordinal));

    public async Task WaitAsync(string kind, int count)
    {
        while (Names(kind).Count() < count)
            Assert.True(await _changed.WaitAsync(TimeSpan.FromSeconds(30)), $"{Names(kind).Count()} of {count} {kind}s came");
    }
}
