namespace EmbeddedFunctions.DurableTask.Client.Entities;

/// <summary>Which entities a query returns; bounds of the time are inclusive.</summary>
public record EntityQuery
{
    public const int DefaultPageSize = 100;

    private readonly string? _prefix;

    /// <summary>The beginning of ids; without a leading <c>@</c> it is taken as the beginning of a name. Names have no case.</summary>
    public string? InstanceIdStartsWith
    {
        get => _prefix;
        init => _prefix = value is null ? null : Normalized(value.StartsWith('@') ? value : $"@{value}");
    }

    public DateTimeOffset? LastModifiedFrom { get; init; }

    public DateTimeOffset? LastModifiedTo { get; init; }

    public bool IncludeState { get; init; } = true;

    /// <summary>Whether entities that have no state, but are locked, are among the results.</summary>
    public bool IncludeTransient { get; init; }

    public int? PageSize { get; init; }

    public string? ContinuationToken { get; init; }

    private static string Normalized(string prefix)
    {
        var end = prefix.IndexOf('@', 1);
        var name = end < 0 ? prefix.Length : end;
#pragma warning disable CA1308 // Names are stored in lower case.
        return prefix[..name].ToLowerInvariant() + prefix[name..];
#pragma warning restore CA1308
    }
}
