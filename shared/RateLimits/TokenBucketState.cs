namespace Platform.RateLimits;

/// <summary>Capacity limit × burst, refilled at limit ÷ window.</summary>
internal sealed class TokenBucketState(RateRule rule, int limit) : RateState
{
    private readonly double _capacity = Math.Max(1, limit * rule.Burst);
    private readonly double _perMillisecond = Math.Max(limit, 0.000_001) / rule.Window.TotalMilliseconds;
    private double _tokens = Math.Max(1, limit * rule.Burst);
    private long _refilledAt;

    public override int Take(int wanted, long now, long at)
    {
        Refill(now);
        var granted = (int)Math.Clamp(Math.Floor(_tokens), 0, wanted);
        _tokens -= granted;
        return granted;
    }

    public override void GiveBack(int count, long now, long at)
    {
        Refill(now);
        _tokens = Math.Min(_capacity, _tokens + count);
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
        var bytes = new byte[24];
        WriteLong(bytes, 0, ReportedAt);
        WriteLong(bytes, 1, _refilledAt);
        WriteLong(bytes, 2, BitConverter.DoubleToInt64Bits(_tokens));
        return bytes;
    }

    protected override void Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 24)
            return;
        (ReportedAt, _refilledAt) = (ReadLong(bytes, 0), ReadLong(bytes, 1));
        _tokens = Math.Min(_capacity, BitConverter.Int64BitsToDouble(ReadLong(bytes, 2)));
    }

    private void Refill(long now)
    {
        if (_refilledAt > 0 && now > _refilledAt)
            _tokens = Math.Min(_capacity, _tokens + ((now - _refilledAt) * _perMillisecond));
        _refilledAt = Math.Max(_refilledAt, now);
    }
}
