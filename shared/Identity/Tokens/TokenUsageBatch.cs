using System.Runtime.InteropServices;

namespace Platform.Identity;

/// <summary>Counts of token uses that are to be written down together.</summary>
internal sealed class TokenUsageBatch
{
    private readonly Dictionary<UseKey, UseCount> _uses = [];
    private readonly Dictionary<LatencyKey, long> _latencies = [];

    public int Size => _uses.Count;

    public IEnumerable<KeyValuePair<UseKey, UseCount>> Uses => _uses;

    public IEnumerable<KeyValuePair<LatencyKey, long>> Latencies => _latencies;

    public void Count(in TokenUse use, DateTimeOffset now, bool mergeAddresses)
    {
        var day = DateOnly.FromDateTime(now.UtcDateTime);
        Add(new UseKey(use.TokenId, day, use.Method, use.Route, ClassOf(use.Status), mergeAddresses ? "" : use.Address), new UseCount(1, use.IsPrevious ? 1 : 0, now));
        Add(new LatencyKey(use.TokenId, day, use.Method, use.Route, LatencyBuckets.Of(use.Duration)), 1);
    }

    public void Add(TokenUsageBatch other)
    {
        foreach (var (key, count) in other._uses)
            Add(key, count);
        foreach (var (key, count) in other._latencies)
            Add(key, count);
    }

    private void Add(in UseKey key, UseCount more)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_uses, key, out _);
        count = new UseCount(count.Count + more.Count, count.Previous + more.Previous, count.LastSeenAt > more.LastSeenAt ? count.LastSeenAt : more.LastSeenAt);
    }

    private void Add(in LatencyKey key, long more)
    {
        ref var count = ref CollectionsMarshal.GetValueRefOrAddDefault(_latencies, key, out _);
        count += more;
    }

    private static string ClassOf(int status) => status switch
    {
        429 => "429",
        < 300 => "2xx",
        < 400 => "3xx",
        < 500 => "4xx",
        _ => "5xx",
    };
}

internal readonly record struct UseKey(Guid TokenId, DateOnly Day, string Method, string Route, string Class, string Address);

internal readonly record struct UseCount(long Count, long Previous, DateTimeOffset LastSeenAt);

internal readonly record struct LatencyKey(Guid TokenId, DateOnly Day, string Method, string Route, int Bucket);
