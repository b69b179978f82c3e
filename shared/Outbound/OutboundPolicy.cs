namespace Platform.Outbound;

/// <summary>
/// The rules of one purpose of outbound traffic. Each purpose has its own connections, so that one purpose never rides on a connection
/// that only another was allowed to make. Policies are constants of the code or are made once from options.
/// </summary>
/// <param name="Purpose">A fixed word, e.g. <c>webhook</c>; names the connection pool.</param>
public sealed record OutboundPolicy(string Purpose)
{
    /// <summary>What <c>Outbound:*</c> says and nothing more.</summary>
    public static readonly OutboundPolicy Default = new("default");

    /// <summary>Every port is allowed (monitors, scripts).</summary>
    public bool AnyPort { get; init; }

    /// <summary>Allow entries of this purpose besides <c>Outbound:AllowHosts</c> (operator-set base URLs, git hosts).</summary>
    public IReadOnlyList<AllowEntry> Allow { get; init; } = [];

    /// <summary>When set, only these hosts are allowed; narrows, never widens (hosts of Slack, Teams, Discord).</summary>
    public IReadOnlySet<string>? OnlyHosts { get; init; }

    /// <summary><c>http:</c> URLs are allowed for this purpose whatever <c>Outbound:AllowHttp</c> says.</summary>
    public bool AllowHttp { get; init; }
}
