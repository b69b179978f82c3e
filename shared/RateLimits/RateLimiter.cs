using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Platform.RateLimits;

/// <summary>
/// Counts requests against the limits of their class. Exact over any number of processes, as far as their clocks agree: a permit is taken from the shared count
/// before it is used. When the store does not answer, requests pass, except where a limit protects accounts.
/// </summary>
public sealed class RateLimiter
{
    private const int MaxBuckets = 100_000;

    private readonly ConcurrentDictionary<RateKey, RateBucket> _buckets = new();
    private readonly RateRules _rules;
    private readonly SharedRateStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger<RateLimiter> _log;
    private readonly bool _tokenBucket;

    internal RateLimiter(RateRules rules, SharedRateStore store, TimeProvider clock, ILogger<RateLimiter> log)
    {
        (_rules, _store, _clock, _log) = (rules, store, clock, log);
        _tokenBucket = rules.Algorithm == RateRules.TokenBucket;
    }

    /// <summary>Requests that passed because the store did not answer.</summary>
    public long Faults => _faults;

    private long _faults;

    /// <summary>Counts one request; null when nothing limits it.</summary>
    public ValueTask<RateStanding?> TakeAsync(RateKey key, UserRateLimits user, CancellationToken ct)
    {
        if (_rules.Of(key.Rate) is not { } rule || _rules.IsFree(rule, user))
            return default;
        var bucket = BucketOf(key, rule, LimitFor(rule, key, user));
        var now = Now;
        if (!_store.IsShared)
            return new(bucket.TakeAlone(now));
        if (!bucket.TryTakeLeased(now, out var standing, out var wantsMore))
            return new(TakeSharedAsync(key, bucket, now, ct));
        if (wantsMore)
            _ = TopUpAsync(key, bucket);
        return new(standing);
    }

    /// <summary>Set when permits were leased ahead, which have to be given back if nobody uses them.</summary>
    internal WorkSignal Leased { get; } = new();

    /// <summary>Gives unused leases back and forgets idle buckets; called twice a second while there are leases. True when some are left.</summary>
    internal async Task<bool> SweepAsync(CancellationToken ct)
    {
        var leasesRemain = false;
        foreach (var (key, bucket) in _buckets)
        {
            var now = Now;
            foreach (var (count, end) in bucket.TakeEnded(now))
                await _store.ChangeAsync(NameOf(key), bucket.Rule, bucket.Limit, _tokenBucket, now, state => Back(state, count, now, end), ct);
            leasesRemain |= bucket.HasLeases;
            if (now - bucket.UsedAt > 2 * (long)bucket.Rule.Window.TotalMilliseconds)
                _buckets.TryRemove(key, out _);
        }

        return leasesRemain;
    }

    internal Task DeleteExpiredAsync(CancellationToken ct) => _store.IsShared ? _store.DeleteExpiredAsync(Now, ct) : Task.CompletedTask;

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private RateBucket BucketOf(RateKey key, RateRule rule, int limit)
    {
        if (_buckets.TryGetValue(key, out var bucket) && bucket.Limit == limit)
            return bucket;
        if (_buckets.Count >= MaxBuckets)
            DropIdlest();
        return _buckets.AddOrUpdate(key, _ => New(), (_, found) => found.Limit == limit ? found : New()); // all threads count in one bucket

        RateBucket New() => new(rule, limit, _tokenBucket);
    }

    // Each algorithm counts for itself, so that nodes which differ for a while (a new setting on its way) do not undo each other's counts.
    private string NameOf(RateKey key) => _tokenBucket ? $"{key}|{RateRules.TokenBucket}" : key.ToString();

    private static int LimitFor(RateRule rule, RateKey key, UserRateLimits user)
    {
        if (key.Address is not null)
            return rule.HalfForAnonymous ? Math.Max(1, rule.Limit / 2) : rule.Limit;
        return rule.LimitFor(user);
    }

    private async Task<RateStanding?> TakeSharedAsync(RateKey key, RateBucket bucket, long now, CancellationToken ct)
    {
        await bucket.Asking.WaitAsync(ct);
        try
        {
            if (!bucket.TryTakeLeased(Now, out var standing, out var wantsMore))
                return await LeaseAsync(key, bucket, Now, usesOne: true, ct);
            if (wantsMore)
                _ = TopUpAsync(key, bucket);
            return standing;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            Interlocked.Increment(ref _faults);
            _log.LogWarning(fault, "The store of rate limits did not answer");
            return bucket.Rule.Always ? new RateStanding(Allowed: false, bucket.Limit, 0, now, now, IsFault: true) : null;
        }
        finally
        {
            bucket.Asking.Release();
        }
    }

    private async Task TopUpAsync(RateKey key, RateBucket bucket)
    {
        try
        {
            await LeaseAsync(key, bucket, Now, usesOne: false, CancellationToken.None);
        }
        catch (Exception fault)
        {
            bucket.TopUpFailed();
            _log.LogWarning(fault, "Leasing rate permits ahead failed");
        }
    }

    private async Task<RateStanding> LeaseAsync(RateKey key, RateBucket bucket, long now, bool usesOne, CancellationToken ct)
    {
        var ahead = bucket.NextBlock(now) - (usesOne ? 1 : 0);
        var window = (long)bucket.Rule.Window.TotalMilliseconds;
        var (state, taken) = await _store.ChangeAsync(NameOf(key), bucket.Rule, bucket.Limit, _tokenBucket, now, Take, ct);
        var standing = bucket.Leased(state, usesOne, taken.Allowed, taken.Ahead, now, taken.FirstRefusal);
        if (taken.Ahead > 0)
            Leased.Set();
        return standing;

        (bool Allowed, int Ahead, bool FirstRefusal) Take(RateState state)
        {
            var allowed = !usesOne || state.Take(1, now, now) > 0;
            var first = !allowed && now - state.ReportedAt >= window;
            if (first)
                state.ReportedAt = now;
            return (allowed, allowed ? state.Take(ahead, now, RateBucket.LeaseEnd(now)) : 0, first);
        }
    }

    private static bool Back(RateState state, int count, long now, long end)
    {
        state.GiveBack(count, now, end);
        return true;
    }

    // What a dropped bucket had leased counts as used.
    private void DropIdlest()
    {
        foreach (var (key, _) in _buckets.OrderBy(pair => pair.Value.UsedAt).Take(MaxBuckets / 10))
            _buckets.TryRemove(key, out _);
    }
}
