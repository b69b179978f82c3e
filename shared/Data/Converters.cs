using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Platform.Data;

/// <summary>SQLite: microseconds since 1970 UTC, so that instants order and compare as integers. Truncated to milliseconds.</summary>
internal sealed class UnixMicrosecondsConverter() : ValueConverter<DateTimeOffset, long>(v => ToMicroseconds(v), v => FromMicroseconds(v))
{
    public static long ToMicroseconds(DateTimeOffset value) => value.ToUnixTimeMilliseconds() * 1000;

    public static DateTimeOffset FromMicroseconds(long value) => DateTimeOffset.UnixEpoch.AddTicks(value * TimeSpan.TicksPerMicrosecond);
}

/// <summary>PostgreSQL: timestamptz takes UTC only. Truncated to milliseconds, like on SQLite.</summary>
internal sealed class UtcMillisecondsConverter() : ValueConverter<DateTimeOffset, DateTimeOffset>(v => Truncate(v), v => v)
{
    public static DateTimeOffset Truncate(DateTimeOffset value) => DateTimeOffset.FromUnixTimeMilliseconds(value.ToUnixTimeMilliseconds());
}

/// <summary>SQLite: lower-case text, which sorts like PostgreSQL's uuid.</summary>
internal sealed class GuidTextConverter() : ValueConverter<Guid, string>(v => v.ToString("D"), v => Guid.ParseExact(v, "D"));

internal sealed class EnumWordConverter<T>() : ValueConverter<T, string>(v => EnumWords<T>.ToWord(v), v => EnumWords<T>.Parse(v)) where T : struct, Enum;
