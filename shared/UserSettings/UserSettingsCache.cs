using System.Collections.Concurrent;
using System.Text.Json;
using Platform.Events;

namespace Platform.UserSettings;

/// <summary>
/// Settings that were read lately, for five minutes and at most 1000 users. A copy goes with a change here at once, and with the event of a change elsewhere,
/// which it listens for from before it was read.
/// </summary>
public sealed class UserSettingsCache(EventTail tail, TimeProvider clock)
{
    private const int MaxUsers = 1000;
    private const int MaxCustomCharacters = 65_536; // what is larger is read each time
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<Guid, Copy> _copies = new();
    private int _generation;

    public async Task<VersionedSettings?> GetAsync(Guid userId, Func<Task<VersionedSettings?>> read)
    {
        if (_copies.TryGetValue(userId, out var known) && clock.GetElapsedTime(known.ReadAt) < Life)
            return known.Settings;

        var generation = Volatile.Read(ref _generation);
        var subscription = tail.Subscribe(UserSettingsEvent.AggregateOf(userId), live: false);
        var copy = new Copy(subscription, clock.GetTimestamp());
        try
        {
            if (await read() is not { } settings)
                return null;
            copy.Settings = settings;
            Keep(userId, copy, generation);
            return settings;
        }
        finally
        {
            if (!copy.IsKept)
                subscription.Dispose();
        }
    }

    /// <summary>Forgets a user's copy, and what is being read at the moment.</summary>
    public void Drop(Guid userId)
    {
        Interlocked.Increment(ref _generation);
        if (_copies.TryRemove(userId, out var copy))
            copy.Subscription.Dispose();
    }

    private void Keep(Guid userId, Copy copy, int generation)
    {
        if (generation != Volatile.Read(ref _generation) || IsLarge(copy.Settings!.Settings))
            return;
        if (_copies.Count >= MaxUsers)
            Evict();
        copy.IsKept = true;
        if (_copies.TryGetValue(userId, out var former) ? !_copies.TryUpdate(userId, copy, former) : !_copies.TryAdd(userId, copy))
        {
            copy.IsKept = false; // another reader was first
            return;
        }

        former?.Subscription.Dispose();
        _ = ForgetOnEventAsync(userId, copy);
        if (generation != Volatile.Read(ref _generation))
            Forget(userId, copy);
    }

    private async Task ForgetOnEventAsync(Guid userId, Copy copy)
    {
        await copy.Subscription.ReadAsync(CancellationToken.None);
        Forget(userId, copy);
    }

    private void Evict()
    {
        foreach (var (userId, copy) in _copies.OrderBy(pair => pair.Value.ReadAt).Take(MaxUsers / 10))
            Forget(userId, copy);
    }

    private void Forget(Guid userId, Copy copy)
    {
        if (_copies.TryRemove(new KeyValuePair<Guid, Copy>(userId, copy)))
            copy.Subscription.Dispose();
    }

    private static bool IsLarge(SettingsDocument settings) => settings.CustomSettings.Values.Sum(Size) > MaxCustomCharacters;

    private static int Size(JsonElement value) => value.GetRawText().Length;

    private sealed class Copy(TailSubscription subscription, long readAt)
    {
        public TailSubscription Subscription => subscription;

        public long ReadAt => readAt;

        public VersionedSettings? Settings { get; set; }

        public bool IsKept { get; set; }
    }
}
