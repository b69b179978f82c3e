using System.ComponentModel.DataAnnotations;

namespace Platform.Functions.Identity;

public enum DevTokenState
{
    /// <summary>Active or rotating.</summary>
    Live,
    Active,
    Rotating,
    Expired,
    Revoked,
}

/// <summary>Query of <c>GET /api/dev/tokens</c>.</summary>
public sealed record DevTokenFilter
{
    private static readonly TimeSpan EndedShown = TimeSpan.FromDays(90);

    /// <summary>Tokens of everybody in the organization; needs <c>tokens:admin</c>.</summary>
    public bool All { get; init; }

    /// <summary>Any of these states. Tokens that ended more than 90 days ago are not shown.</summary>
    public IReadOnlyList<DevTokenState> Status { get; init; } = [DevTokenState.Live];

    /// <summary>A part of name or prefix.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Newest first by default; a minus sorts descending.</summary>
    [AllowedValues("createdAt", "-createdAt", "lastUsedAt", "-lastUsedAt", "expiresAt", "-expiresAt")]
    public string Sort { get; init; } = "-createdAt";

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Matches before the page.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    internal TokenFilter ToFilter(Caller caller, DateTimeOffset now) => new(TokenKind.User)
    {
        UserId = All ? null : caller.UserId,
        Statuses = [.. Status.SelectMany(StatusesOf).Distinct()],
        Search = Search,
        EndedAfter = now - EndedShown,
        Order = Sort.TrimStart('-') switch
        {
            "lastUsedAt" => TokenOrder.LastUsedAt,
            "expiresAt" => TokenOrder.ExpiresAt,
            _ => TokenOrder.CreatedAt,
        },
        Ascending = Sort[0] != '-',
    };

    private static TokenStatus[] StatusesOf(DevTokenState state) => state switch
    {
        DevTokenState.Active => [TokenStatus.Active],
        DevTokenState.Rotating => [TokenStatus.Rotating],
        DevTokenState.Expired => [TokenStatus.Expired],
        DevTokenState.Revoked => [TokenStatus.Revoked],
        _ => [TokenStatus.Active, TokenStatus.Rotating],
    };
}
