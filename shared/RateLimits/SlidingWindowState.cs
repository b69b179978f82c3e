using System.Buffers.Binary;

namespace Platform.RateLimits;

/// <summary>Counts per sixtieth of the window, the slot that is partly outside included: never more than the limit in any window, at most a sixtieth too strict.</summary>
internal sealed class SlidingWindowState(RateRule rule, int limit) : RateState
{
    private const int WindowSlots = 61;
    private const int AheadSlots = 60;   // room for leases, which count from their end
    private const int Slots = WindowSlots + AheadSlots;

    private readonly long _slot = Math.Max(1, (long)rule.Window.TotalMilliseconds / 60);
    private readonly int[] _counts = new int[Slots];
    private long _newest;
    private int _total;

    public override int Take(int wanted, long now, long at)
    {
        Advance(now);
        var granted = Math.Clamp(limit - _total, 0, wanted);
        _counts[Index(SlotOf(now, at))] += granted;
        _total += granted;
        return granted;
    }

    public override void GiveBack(int count, long now, long at)
    {
        Advance(now);
        var slot = at / _slot;
        if (slot < Oldest)
            return;
        var given = Math.Min(count, _counts[Index(slot)]);
        _counts[Index(slot)] -= given;
        _total -= given;
    }

    public override int Remaining(long now)
    {
        Advance(now);
        return Math.Max(0, limit - _total);
    }

    public override long FreeAt(long now)
    {
        Advance(now);
        var excess = _total - limit + 1;
        if (excess <= 0)
            return now;
        for (var slot = Oldest; slot <= _newest; slot++)
        {
            excess -= _counts[Index(slot)];
            if (excess <= 0)
                return (slot + WindowSlots) * _slot;
        }
        return now + (long)rule.Window.TotalMilliseconds;   // a limit of zero
    }

    public override long ResetAt(long now)
    {
        Advance(now);
        for (var slot = Oldest; slot <= _newest; slot++)
        {
            if (_counts[Index(slot)] > 0)
                return (slot + WindowSlots) * _slot;
        }
        return now + (long)rule.Window.TotalMilliseconds;
    }

    public override byte[] ToBytes()
    {
        var bytes = new byte[16 + (Slots * 4)];
        WriteLong(bytes, 0, ReportedAt);
        WriteLong(bytes, 1, _newest);
        for (var i = 0; i < Slots; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16 + (i * 4)), _counts[i]);
        return bytes;
    }

    protected override void Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != 16 + (Slots * 4))
            return;
        ReportedAt = ReadLong(bytes, 0);
        _newest = ReadLong(bytes, 1);
        _total = 0;
        for (var i = 0; i < Slots; i++)
            _total += _counts[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[(16 + (i * 4))..]);
    }

    // The ring spans from the oldest slot that counts to the farthest that a lease may end in; _newest is the latter.
    private long Oldest => _newest - Slots + 1;

    private static int Index(long slot) => (int)(slot % Slots);

    private long SlotOf(long now, long at) => Math.Clamp(at / _slot, now / _slot, _newest);

    private void Advance(long now)
    {
        var newest = (now / _slot) + AheadSlots;
        if (newest - _newest >= Slots)
        {
            Array.Clear(_counts);
            _total = 0;
        }
        else
        {
            for (var slot = _newest + 1; slot <= newest; slot++)
            {
                _total -= _counts[Index(slot)];
                _counts[Index(slot)] = 0;
            }
        }
        _newest = Math.Max(_newest, newest);
    }
}
