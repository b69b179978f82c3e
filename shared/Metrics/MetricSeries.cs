using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Platform.Data;

namespace Platform.Metrics;

public enum MetricKind
{
    /// <summary>A value that goes up and down.</summary>
    Gauge,

    /// <summary>An amount that each point adds.</summary>
    Counter,
}

public enum MetricSource
{
    User,
    Platform,
}

/// <summary>What the points of one line in a chart share: name and tags, and with them type, kind, unit and source. Unique in its project by <see cref="Hash"/>.</summary>
public sealed class MetricSeries : IProjectOwned
{
    private const int HashBytes = 16;

    public long Id { get; private set; }

    public required Guid OrganizationId { get; init; }

    public required Guid ProjectId { get; init; }

    public required string Name { get; init; }

    /// <summary>Category of the metric.</summary>
    public required string Type { get; init; }

    public required MetricKind Kind { get; init; }

    public string? Unit { get; init; }

    public required MetricSource Source { get; init; }

    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    public required string Hash { get; init; }

    /// <summary>Has a point beyond <see cref="MetricRollup.LargestValue"/>, so that its roll-ups know no sums.</summary>
    public bool IsExtreme { get; private set; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The identity of a draft's series: SHA-256 over its parts, each with its length, cut to 16 bytes, in hex.</summary>
    public static string HashOf(MetricDraft draft)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, draft.Name);
        Append(hash, draft.Type);
        Append(hash, EnumWords<MetricKind>.ToWord(draft.Kind));
        Append(hash, EnumWords<MetricSource>.ToWord(draft.Source));
        Append(hash, draft.Unit ?? "");
        foreach (var (key, value) in draft.Tags.OrderBy(tag => tag.Key, StringComparer.Ordinal))
        {
            Append(hash, key);
            Append(hash, value);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, HashBytes));
    }

    private static void Append(IncrementalHash hash, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
