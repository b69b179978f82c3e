using System.Collections.Concurrent;
using Platform.Identity;

namespace Platform.Organizations;

/// <summary>Remembers what was read about rights for two seconds, and not past a change that this process has committed.</summary>
internal sealed class RightsMemory<TKey, TValue>(SessionDirectory sessions, TimeProvider clock)
    where TKey : notnull
{
    private const int MaxRemembered = 10_000;
    private static readonly TimeSpan TooOldAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<TKey, Copy> _copies = new();

    public ValueTask<TValue> FindAsync(TKey key, Func<Task<TValue>> read) =>
        _copies.TryGetValue(key, out var copy) && copy.Generation == sessions.Generation && clock.GetElapsedTime(copy.ReadAt) <= TooOldAfter
            ? new(copy.Value)
            : new(ReadAsync(key, read));

    private async Task<TValue> ReadAsync(TKey key, Func<Task<TValue>> read)
    {
        var (generation, readAt) = (sessions.Generation, clock.GetTimestamp());
        var value = await read();
        if (_copies.Count >= MaxRemembered)
            _copies.Clear();
        _copies[key] = new Copy(value, generation, readAt);
        return value;
    }

    private sealed record Copy(TValue Value, long Generation, long ReadAt);
}
