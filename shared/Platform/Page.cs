using System.Text.Json.Serialization;

namespace Platform;

/// <summary>Untyped view of a page, for the envelopes that put the paging fields beside the rows.</summary>
public interface IPage
{
    object Items { get; }

    long Total { get; }

    int Limit { get; }

    int Offset { get; }

    /// <summary>Further members beside the paging fields, by their name on the wire.</summary>
    IReadOnlyDictionary<string, object>? More { get; }
}

/// <summary>One page of a list; <paramref name="Total"/> counts all matches of the filter.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, long Total, int Limit, int Offset) : IPage
{
    [JsonIgnore]
    public IReadOnlyDictionary<string, object>? More { get; init; }

    object IPage.Items => Items;
}
