using System.Buffers.Binary;

namespace Platform.RateLimits;

/// <summary>
/// The count of one bucket. Times are milliseconds since 1970. Permits may be taken ahead of their use (a lease): those count from the end of the lease on, so that
/// no window ever holds more than the limit, whenever within the lease they are used.
/// </summary>
internal abstract class RateState
{
    /// <summary>When a refusal was last reported as an event; once per window.</summary>
    public long ReportedAt { get; set; }

    /// <summary>Takes up to <paramref name="wanted"/> permits as of <paramref name="at"/> (now, or the end of a lease) and says how many there were.</summary>
    public abstract int Take(int wanted, long now, long at);

    public abstract void GiveBack(int count, long now, long at);

    public abstract int Remaining(long now);

    /// <summary>When the next permit comes free; now when there is one.</summary>
    public abstract long FreeAt(long now);

    /// <summary>When the oldest use counted leaves the window.</summary>
    public abstract long ResetAt(long now);

    public abstract byte[] ToBytes();

    /// <summary>A state from the shared store; a state of another algorithm or size counts as empty.</summary>
    public static RateState From(byte[]? bytes, RateRule rule, int limit, bool tokenBucket)
    {
        RateState state = tokenBucket ? new TokenBucketState(rule, limit) : new SlidingWindowState(rule, limit);
        if (bytes is not null)
            state.Read(bytes);
        return state;
    }

    protected abstract void Read(ReadOnlySpan<byte> bytes);

    protected static long ReadLong(ReadOnlySpan<byte> bytes, int index) => BinaryPrimitives.ReadInt64LittleEndian(bytes[(index * 8)..]);

    protected static void WriteLong(Span<byte> bytes, int index, long value) => BinaryPrimitives.WriteInt64LittleEndian(bytes[(index * 8)..], value);
}
