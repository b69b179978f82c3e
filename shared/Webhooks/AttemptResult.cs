namespace Platform.Webhooks;

/// <summary>How an attempt ended.</summary>
/// <param name="Error">A code; null when the receiver took it (2xx).</param>
internal sealed record AttemptResult(DateTimeOffset StartedAt, int DurationMs, int? StatusCode, string? Error)
{
    public required IReadOnlyDictionary<string, string> RequestHeaders { get; init; }

    public IReadOnlyDictionary<string, string>? ResponseHeaders { get; init; }

    public string? ResponseBody { get; init; }

    /// <summary>How long the receiver asks to be left alone (429, 503).</summary>
    public TimeSpan? RetryAfter { get; init; }

    public bool IsGone => StatusCode == 410;
}
