namespace Platform.Functions.Identity;

/// <summary>Query of operations after which a browser goes on elsewhere.</summary>
public sealed record NextQuery
{
    /// <summary>A path of this platform; anything else counts as <c>/</c>.</summary>
    public string? Next { get; init; }
}

/// <summary>What a provider sends a browser back with.</summary>
public sealed record CallbackQuery
{
    /// <summary>To be exchanged for a token, once.</summary>
    public string? Code { get; init; }

    /// <summary>As the flow was begun with.</summary>
    public string? State { get; init; }

    /// <summary>Why there is no code.</summary>
    public string? Error { get; init; }
}

/// <summary>Where the browser is to go.</summary>
public sealed record UrlAnswer(string Url);
