using System.Security.Cryptography;

namespace EmbeddedFunctions.Durable;

/// <summary>Ids of inbox rows: unique across nodes and, within a process, in the order of creation, which is the order of delivery.</summary>
internal sealed class MessageIds(TimeProvider clock)
{
    private readonly string _node = RandomNumberGenerator.GetHexString(12, lowercase: true);
    private long _last;

    /// <param name="notBefore">The sender's last turn, perhaps on a node whose clock was ahead (UTC).</param>
    public string Next(DateTime notBefore = default)
    {
        // 16 bits below the milliseconds count within one; a process that makes more per millisecond borrows from the next.
        var now = Math.Max(Milliseconds(clock.GetUtcNow().UtcDateTime), Milliseconds(notBefore)) << 16;
        long seen;
        long next;
        do
        {
            seen = Volatile.Read(ref _last);
            next = Math.Max(seen + 1, now);
        }
        while (Interlocked.CompareExchange(ref _last, next, seen) != seen);
        return $"{next:x16}{_node}";
    }

    private static long Milliseconds(DateTime time) => Math.Max(0, (time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond);
}
