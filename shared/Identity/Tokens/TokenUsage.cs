namespace Platform.Identity;

/// <summary>One use of a token.</summary>
/// <param name="IsPrevious">With the secret before the last rotation.</param>
/// <param name="Route">Template of the operation.</param>
public readonly record struct TokenUse(Guid TokenId, bool IsPrevious, string Method, string Route, int Status, string Address, string? UserAgent, TimeSpan Duration);

/// <summary>The last of several uses of a token, and how many they were.</summary>
internal sealed record CountedUse(Guid TokenId, LastTokenUse Use, long Count);

/// <summary>The last use of a token.</summary>
public sealed record LastTokenUse(DateTimeOffset At, string Address, string? UserAgent);

/// <summary>Counts the uses of tokens in memory; <see cref="TokenUsageStore"/> writes them down.</summary>
public sealed class TokenUsage(TimeProvider clock)
{
    private const int MaxCounters = 20_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, PendingUse> _last = [];
    private TokenUsageBatch _batch = new();

    /// <summary>Set when there is something to write down.</summary>
    internal WorkSignal Used { get; } = new();

    public void Record(in TokenUse use)
    {
        var now = clock.GetUtcNow();
        lock (_gate)
        {
            _batch.Count(use, now, mergeAddresses: _batch.Size >= MaxCounters);
            if (!_last.TryGetValue(use.TokenId, out var last))
                _last[use.TokenId] = last = new PendingUse();
            (last.At, last.Address, last.UserAgent) = (now, use.Address, use.UserAgent);
            last.Count++;
        }
        Used.Set();
    }

    /// <summary>The last use that this process knows of; null when it has forgotten or there was none.</summary>
    public LastTokenUse? LastOf(Guid tokenId)
    {
        lock (_gate)
            return _last.TryGetValue(tokenId, out var last) ? new LastTokenUse(last.At, last.Address, last.UserAgent) : null;
    }

    /// <summary>Takes what was counted since the last call.</summary>
    internal TokenUsageBatch TakeBatch()
    {
        lock (_gate)
        {
            var taken = _batch;
            _batch = new();
            return taken;
        }
    }

    /// <summary>Takes the last uses that may be written to their rows now: of each token once in <paramref name="interval"/>.</summary>
    /// <param name="waiting">There are others, which may not.</param>
    internal IReadOnlyList<CountedUse> TakeLastUses(TimeSpan interval, out bool waiting)
    {
        var now = clock.GetUtcNow();
        var taken = new List<CountedUse>();
        waiting = false;
        lock (_gate)
        {
            foreach (var (id, last) in _last)
            {
                if (last.Count == 0 && now - last.At > interval)
                {
                    _last.Remove(id);
                }
                else if (last.Count > 0 && now - last.WrittenAt < interval)
                {
                    waiting = true;
                }
                else if (last.Count > 0)
                {
                    taken.Add(new CountedUse(id, new LastTokenUse(last.At, last.Address, last.UserAgent), last.Count));
                    (last.Count, last.WrittenAt) = (0, now);
                }
            }
        }
        return taken;
    }

    /// <summary>Puts back what could not be written.</summary>
    internal void GiveBack(TokenUsageBatch batch, IReadOnlyList<CountedUse> lastUses)
    {
        lock (_gate)
        {
            if (_batch.Size < MaxCounters)
                _batch.Add(batch);
            foreach (var use in lastUses.Where(use => _last.ContainsKey(use.TokenId)))
                (_last[use.TokenId].Count, _last[use.TokenId].WrittenAt) = (_last[use.TokenId].Count + use.Count, null);
        }
    }

    private sealed class PendingUse
    {
        public DateTimeOffset At { get; set; }

        public string Address { get; set; } = "";

        public string? UserAgent { get; set; }

        public long Count { get; set; }

        public DateTimeOffset? WrittenAt { get; set; }
    }
}
