namespace Platform.RateLimits;

/// <summary>
/// Capacity limit × burst, refilled at limit ÷ window. Leased permits keep their room in the bucket until the lease ends: they may all be used in the same
/// moment as what is left in it.
/// </summary>
internal sealed class TokenBucketState(RateRule rule, int limit) : RateState
{
    private const int HeaderLength = 24;
    private const int LeaseLength = 16;
    private const long LeaseStep = 250; // ends are rounded up to this, so that few are kept

    private readonly double _capacity = Math.Max(1, limit * rule.Burst);
    private readonly double _perMillisecond = Math.Max(limit, 0.000_001) / rule.Window.TotalMilliseconds;
    private readonly SortedList<long, long> _leased = []; // by their ends
    private double _tokens = Math.Max(1, limit * rule.Burst);
    private long _refilledAt;

    public override int Take(int wanted, long now, long at)
    {
        Refill(now);
        var granted = (int)Math.Clamp(Math.Floor(_tokens), 0, wanted);
        _tokens -= granted;
        if (at > now && granted > 0)
            _leased[StepOf(at)] = _leased.GetValueOrDefault(StepOf(at)) + granted;
        return granted;
    }

    public override void GiveBack(int count, long now, long at)
    {
        Refill(now);
        if (_leased.TryGetValue(StepOf(at), out var leased))
            _leased[StepOf(at)] = Math.Max(0, leased - count);
        _tokens = Math.Min(Room, _tokens + count);
    }

    public override int Remaining(long now)
    {
        Refill(now);
        return (int)_tokens;
    }

    public override long FreeAt(long now)
    {
        Refill(now);
        return _tokens >= 1 ? now : now + (long)Math.Ceiling((1 - _tokens) / _perMillisecond);
    }

    public override long ResetAt(long now)
    {
        Refill(now);
        return now + (long)Math.Ceiling((_capacity - _tokens) / _perMillisecond);
    }

    public override byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + (_leased.Count * LeaseLength)];
        WriteLong(bytes, 0, ReportedAt);
        WriteLong(bytes, 1, _refilledAt);
        WriteLong(bytes, 2, BitConverter.DoubleToInt64Bits(_tokens));
        var index = 3;
        foreach (var (end, count) in _leased)
        {
            WriteLong(bytes, index++, end);
            WriteLong(bytes, index++, count);
        }
        return bytes;
    }

    protected override void Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < HeaderLength || (bytes.Length - HeaderLength) % LeaseLength != 0)
            return;
        (ReportedAt, _refilledAt) = (ReadLong(bytes, 0), ReadLong(bytes, 1));
        for (var index = 3; index < bytes.Length / 8; index += 2)
            _leased[ReadLong(bytes, index)] = ReadLong(bytes, index + 1);
        _tokens = Math.Min(_capacity, BitConverter.Int64BitsToDouble(ReadLong(bytes, 2)));
    }

    private double Room => _capacity - _leased.Values.Sum();

    private static long StepOf(long end) => (end + LeaseStep - 1) / LeaseStep * LeaseStep;

    private void Refill(long now)
    {
        while (_leased.Count > 0 && _leased.Keys[0] <= now)
        {
            RefillUntil(_leased.Keys[0]);
            _leased.RemoveAt(0);
        }
        RefillUntil(now);
    }

    private void RefillUntil(long time)
    {
        if (_refilledAt > 0 && time > _refilledAt)
            _tokens = Math.Max(_tokens, Math.Min(Room, _tokens + ((time - _refilledAt) * _perMillisecond)));
        _refilledAt = Math.Max(_refilledAt, time);
    }
}
