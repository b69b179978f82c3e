using System.Buffers.Binary;
using Platform.Data;

namespace Platform.Metrics;

/// <summary>One measurement; reached through its series only.</summary>
[PlatformScoped]
public sealed class MetricPoint
{
    public long Id { get; private set; }

    public required long SeriesId { get; init; }

    /// <summary>Milliseconds since 1970 UTC.</summary>
    public required long At { get; init; }

    public required double Value { get; init; }

    /// <summary>The id under which a point is shown: a UUIDv7 of its time and its number, so that no row has to hold one.</summary>
    public static Guid PublicId(long at, long id)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, (at << 16) | 0x7000);
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], unchecked((long)0x8000_0000_0000_0000UL) | (id & 0x3FFF_FFFF_FFFF_FFFF));
        return new Guid(bytes, bigEndian: true);
    }
}
