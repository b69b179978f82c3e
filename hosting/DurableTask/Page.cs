namespace EmbeddedFunctions.DurableTask;

/// <summary>One page of a query; the continuation token is null on the last one.</summary>
public sealed class Page<T>(IReadOnlyList<T> values, string? continuationToken = null)
    where T : notnull
{
    public IReadOnlyList<T> Values { get; } = values;

    public string? ContinuationToken { get; } = continuationToken;
}
