namespace Platform.RateLimits;

/// <summary>
/// One bucket of this process. With a database of its own (SQLite) the process counts for itself; several processes on one server take permits from the shared
/// count in blocks that grow while the bucket is busy, so that a busy bucket rarely waits and an idle one hoards nothing.
/// </summary>
internal sealed class RateBucket(RateRule rule, int limit, bool tokenBucket)
{
    private const long LeaseMilliseconds = 5000;
    private const long BusyMilliseconds = 2000;
    private const long RefusalMilliseconds = 250;

    private readonly Lock _lock = new();
    private readonly Queue<Lease> _leases = new();
    private readonly List<(int Count, long End)> _ended = []; // unused, until the sweep gives them back
    private RateState _known = RateState.From(null, rule, limit, tokenBucket);
    private int _available;
    private int _block = 1;
    private long _leasedAt;
    private bool _toppingUp;
    private long _refusedUntil;

    /// <summary>One request at a time asks the shared count; the others of this process wait for what it brings.</summary>
    public SemaphoreSlim Asking { get; } = new(1);

    public RateRule Rule => rule;

    public int Limit => limit;

    public long UsedAt { get; private set; }

    /// <summary>Permits were leased ahead, and not all have been used or given back.</summary>
    public bool HasLeases
    {
        get
        {
            lock (_lock)
                return _leases.Count > 0 || _ended.Count > 0;
        }
    }

    /// <summary>Counts here, without a shared store.</summary>
    public RateStanding TakeAlone(long now)
    {
        lock (_lock)
        {
            UsedAt = now;
            return Standing(_known.Take(1, now, now) > 0, now, Math.Max(0, _known.Remaining(now)));
        }
    }

    /// <summary>Uses a permit that was leased before, or repeats a refusal that has just been given. False when there is neither; then the shared count is asked.</summary>
    public bool TryTakeLeased(long now, out RateStanding standing, out bool wantsMore)
    {
        lock (_lock)
        {
            UsedAt = now;
            wantsMore = false;
            if (!UseLease(now))
            {
                standing = now < _refusedUntil ? Standing(allowed: false, now, 0, firstRefusal: false) : default;
                return now < _refusedUntil;
            }
            wantsMore = !_toppingUp && _available <= _block / 2;
            _toppingUp |= wantsMore;
            standing = Standing(allowed: true, now, _known.Remaining(now) + _available);
            return true;
        }
    }

    /// <summary>How many permits to ask for: one to use, and more while the bucket is busy.</summary>
    public int NextBlock(long now)
    {
        lock (_lock)
        {
            _block = now - _leasedAt < BusyMilliseconds ? Math.Min(_block * 2, Math.Max(1, limit / 10)) : 1;
            _leasedAt = now;
            return _block;
        }
    }

    /// <summary>Takes a new shared count and what was leased from it. <paramref name="usesOne"/>: a request waits for its permit.</summary>
    public RateStanding Leased(RateState shared, bool usesOne, bool allowed, int ahead, long now, bool firstRefusal)
    {
        lock (_lock)
        {
            _known = shared;
            _toppingUp &= usesOne;
            if (!allowed)
                _refusedUntil = Math.Min(shared.FreeAt(now), now + RefusalMilliseconds);
            if (ahead > 0)
            {
                _leases.Enqueue(new Lease(ahead, LeaseEnd(now)));
                _available += ahead;
            }
            return Standing(allowed, now, shared.Remaining(now) + _available, firstRefusal);
        }
    }

    public void TopUpFailed()
    {
        lock (_lock)
            _toppingUp = false;
    }

    /// <summary>Takes out leases that ended unused, to be given back to the shared count.</summary>
    public IReadOnlyList<(int Count, long End)> TakeEnded(long now)
    {
        lock (_lock)
        {
            EndLeases(now);
            if (_ended.Count == 0)
                return [];
            (int, long)[] ended = [.. _ended];
            _ended.Clear();
            return ended;
        }
    }

    public static long LeaseEnd(long now) => now + LeaseMilliseconds;

    private bool UseLease(long now)
    {
        EndLeases(now);
        while (_leases.TryPeek(out var lease))
        {
            if (lease.Count > 0)
            {
                lease.Count--;
                _available--;
                return true;
            }
            _leases.Dequeue();
        }
        return false;
    }

    private void EndLeases(long now)
    {
        while (_leases.TryPeek(out var lease) && lease.End <= now)
        {
            _leases.Dequeue();
            _available -= lease.Count;
            if (lease.Count > 0)
                _ended.Add((lease.Count, lease.End));
        }
    }

    private RateStanding Standing(bool allowed, long now, int remaining, bool? firstRefusal = null)
    {
        var reported = firstRefusal ?? (!allowed && Report(now));
        return new RateStanding(allowed, limit, allowed ? remaining : 0, _known.ResetAt(now), allowed ? now : _known.FreeAt(now), reported);
    }

    private bool Report(long now)
    {
        if (now - _known.ReportedAt < (long)rule.Window.TotalMilliseconds)
            return false;
        _known.ReportedAt = now;
        return true;
    }

    private sealed class Lease(int count, long end)
    {
        public int Count { get; set; } = count;

        public long End { get; } = end;
    }
}
