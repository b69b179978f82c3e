namespace Platform.UserFunctions;

/// <summary>Body of <c>PUT /api/functions/{functionId}/url</c>.</summary>
public sealed record FunctionUrlForm
{
    /// <summary>Who may call the function: holders of its key, or everybody.</summary>
    public required UrlAccess Access { get; init; }

    /// <summary>Make another key; the former is void at once.</summary>
    public bool NewKey { get; init; }
}
