using System.Collections.Concurrent;

namespace Platform.Identity;

/// <summary>Copies that <see cref="CopyRefresher"/> keeps fresh.</summary>
internal interface IRenewedCopies
{
    /// <summary>Set when a copy is to be renewed, or was added.</summary>
    WorkSignal Used { get; }

    Task RefreshAsync(CancellationToken ct);
}

/// <summary>
/// Copies of what the database holds. One older than a second that is asked for is renewed in the background together with others (<see cref="CopyRefresher"/>);
/// one older than two seconds is not used, its reader waits for the database. So changes made by other processes act within two seconds, those made here
/// at once, and a copy in use never waits.
/// </summary>
/// <param name="load">Reads the copies of the given keys; what does not exist is left out.</param>
internal sealed class RenewedCopies<TKey, TCopy>(Func<TKey[], CancellationToken, Task<Dictionary<TKey, TCopy>>> load, TimeProvider clock) : IRenewedCopies
    where TKey : notnull
    where TCopy : class
{
    private const int MaxRemembered = 50_000;
    private const int BatchSize = 200;
    private static readonly TimeSpan RenewAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan TooOldAfter = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<TKey, Copy> _copies = new();
    private ConcurrentDictionary<TKey, byte> _wanted = new();
    private long _generation;

    public WorkSignal Used { get; } = new();

    /// <summary>Counts the changes committed by this process that its copies may not show.</summary>
    public long Generation => Interlocked.Read(ref _generation);

    public ValueTask<TCopy?> FindAsync(TKey key, CancellationToken ct)
    {
        if (!_copies.TryGetValue(key, out var copy))
            return new(LoadAsync(key, ct));
        var age = clock.GetElapsedTime(copy.LoadedAt);
        if (age > TooOldAfter)
            return new(LoadAsync(key, ct));
        if (age > RenewAfter)
            Want(key);
        return new(copy.Value);
    }

    public void Forget(TKey key)
    {
        Interlocked.Increment(ref _generation);
        _copies.TryRemove(key, out _);
    }

    public void ForgetAll()
    {
        Interlocked.Increment(ref _generation);
        _copies.Clear();
    }

    /// <summary>Renews the copies that were asked for since the last call, and drops those that nobody asks for.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        if (_copies.Count > MaxRemembered)
            _copies.Clear();
        if (_wanted.IsEmpty)
            return;
        var wanted = Interlocked.Exchange(ref _wanted, new());
        foreach (var batch in wanted.Keys.Chunk(BatchSize))
            await LoadAsync(batch, ct);
    }

    private void Want(TKey key)
    {
        if (_wanted.TryAdd(key, 0))
            Used.Set();
    }

    private async Task<TCopy?> LoadAsync(TKey key, CancellationToken ct) => (await LoadAsync([key], ct)).GetValueOrDefault(key);

    private async Task<Dictionary<TKey, TCopy>> LoadAsync(TKey[] keys, CancellationToken ct)
    {
        var (generation, loadedAt) = (Generation, clock.GetTimestamp());
        var found = await load(keys, ct);

        // A change committed while this query ran may be missing from it: hand out what was read, but do not remember it.
        if (Generation != generation)
            return found;
        foreach (var key in keys)
        {
            if (found.TryGetValue(key, out var value))
                _copies[key] = new Copy(value, loadedAt);
            else
                _copies.TryRemove(key, out _);
        }

        Used.Set();
        return found;
    }

    private sealed record Copy(TCopy Value, long LoadedAt);
}
