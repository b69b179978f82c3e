using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Data;
using Platform.Identity;

namespace Platform.Events;

/// <summary>
/// Follows the event store and hands new events to the streams of their aggregate and of their owner: one read of the database for all streams of this process, woken by
/// <see cref="EventSignal"/>. A reader subscribes first and reads the stored history then, so that nothing falls between; it skips what it has seen by sequence.
/// </summary>
public sealed class EventTail(EventSignal signal, RecentEvents recent, IServiceScopeFactory scopes, IOptions<StreamOptions> options, TimeProvider clock, ILogger<EventTail> log) : BackgroundService
{
    private const int Batch = 500;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<TailKey, ImmutableArray<TailSubscription>> _subscriptions = new();
    private long _position;

    /// <summary>Aggregates that somebody listens to.</summary>
    public int Aggregates => _subscriptions.Keys.Count(key => key.Owner is null);

    /// <summary>With <paramref name="live"/> the reader also gets what is not stored.</summary>
    public TailSubscription Subscribe(string aggregateId, bool live) => Subscribe(new TailKey(aggregateId), live);

    /// <summary>Follows the stored events of a topic that belong to one user.</summary>
    public TailSubscription SubscribeOwner(string topic, Guid ownerId) => Subscribe(new TailKey(topic, ownerId), live: false);

    private TailSubscription Subscribe(TailKey key, bool live)
    {
        var subscription = new TailSubscription(key, live, options.Value.BufferMessages, Leave);
        _subscriptions.AddOrUpdate(key, static (_, mine) => [mine], static (_, others, mine) => others.Add(mine), subscription);
        return subscription;
    }

    /// <summary>Whether somebody would get what is not stored.</summary>
    public bool HasWatchers(string aggregateId) => _subscriptions.TryGetValue(new TailKey(aggregateId), out var readers) && readers.Any(reader => reader.Live);

    /// <summary>Hands something to the streams of this process that is not stored.</summary>
    public void Publish(string aggregateId, TailItem item) => Offer(new TailKey(aggregateId), item, reader => reader.Live);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                // Read before looking for readers: one who comes later finds everything up to here in the stored history.
                var newest = await signal.WaitAsync(_position, stoppingToken);
                if (_subscriptions.IsEmpty)
                    _position = newest;
                else
                    await FollowAsync(stoppingToken);
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning(e, "The event store could not be followed; next attempt in {Seconds} s", PauseAfterFailure.TotalSeconds);
                await Task.Delay(PauseAfterFailure, clock, stoppingToken);
            }
        }
    }

    private async Task FollowAsync(CancellationToken ct)
    {
        if (recent.After(_position) is { } fresh)
            HandOn(fresh);
        else
            await ReadAsync(ct);
    }

    private async Task ReadAsync(CancellationToken ct)
    {
        await using var scope = scopes.CreateScopeFor(Caller.Platform);
        var reader = scope.ServiceProvider.GetRequiredService<EventReader>();
        List<PlatformEvent> events;
        do
        {
            events = await reader.ReadAfterAsync(_position, Batch, ct);
            HandOn(events);
        }
        while (events.Count == Batch);
    }

    private void HandOn(IReadOnlyList<PlatformEvent> events)
    {
        foreach (var stored in events)
        {
            if (stored.AggregateId is { } id)
                HandOn(new TailKey(id), stored);
            if (stored.UserId is { } owner)
                HandOn(new TailKey(stored.Topic, owner), stored);
            _position = stored.Sequence!.Value;
        }
    }

    private void HandOn(TailKey key, PlatformEvent stored)
    {
        if (_subscriptions.ContainsKey(key))
            Offer(key, new TailItem(stored), _ => true);
    }

    private void Offer(TailKey key, TailItem item, Func<TailSubscription, bool> takes)
    {
        if (!_subscriptions.TryGetValue(key, out var readers))
            return;
        foreach (var reader in readers.Where(takes))
            reader.Offer(item);
    }

    private void Leave(TailSubscription subscription)
    {
        while (_subscriptions.TryGetValue(subscription.Key, out var readers))
        {
            var rest = readers.Remove(subscription);
            var left = rest.IsEmpty
                ? _subscriptions.TryRemove(new KeyValuePair<TailKey, ImmutableArray<TailSubscription>>(subscription.Key, readers))
                : _subscriptions.TryUpdate(subscription.Key, rest, readers);
            if (left)
                return;
        }
    }
}
