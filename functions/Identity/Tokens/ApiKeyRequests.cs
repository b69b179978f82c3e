using System.ComponentModel.DataAnnotations;

namespace Platform.Functions.Identity;

/// <summary>Body of <c>POST /api_keys</c>.</summary>
public sealed record CreateApiKeyRequest
{
    [Required(ErrorMessage = "name_required"), StringLength(100, ErrorMessage = "name_too_long"), PlainText]
    public required string Name { get; init; }

    /// <summary>By default the key does not expire.</summary>
    [Range(1, 3650, ErrorMessage = "invalid_expiry")]
    public int? ExpiresInDays { get; init; }
}

/// <summary>Body of <c>PUT /api_keys/{apiKeyId}</c>.</summary>
public sealed record RenameApiKeyRequest
{
    [Required(ErrorMessage = "name_required"), StringLength(100, ErrorMessage = "name_too_long"), PlainText]
    public required string Name { get; init; }
}

/// <summary>Query of <c>GET /api_keys/search</c>.</summary>
public sealed record ApiKeySearch
{
    /// <summary>A part of name or prefix.</summary>
    [StringLength(100)]
    public string? Q { get; init; }

    /// <summary>Live keys only, or ended ones only.</summary>
    public bool? Active { get; init; }

    /// <summary>Matches before the page.</summary>
    [Clamped(0, int.MaxValue)]
    public int Offset { get; init; }

    /// <summary>Size of the page.</summary>
    [Clamped(1, 500)]
    public int Limit { get; init; } = 200;

    /// <summary>What the rows are sorted by; nulls last.</summary>
    [Alias("order_by"), AllowedValues("name", "key_prefix", "created_at", "last_used_at", "revoked_at", ErrorMessage = "unknown_sort_field")]
    public string SortBy { get; init; } = "created_at";

    /// <summary>Direction of the order.</summary>
    [Alias("order_dir"), AllowedValues("asc", "desc", ErrorMessage = "unknown_sort_dir")]
    public string SortDir { get; init; } = "desc";

    internal TokenFilter ToFilter(Guid? userId) => new(TokenKind.Inference)
    {
        UserId = userId,
        Search = Q,
        Statuses = Active switch
        {
            true => [TokenStatus.Active, TokenStatus.Rotating],
            false => [TokenStatus.Expired, TokenStatus.Revoked],
            null => [],
        },
        Order = SortBy switch
        {
            "name" => TokenOrder.Name,
            "key_prefix" => TokenOrder.Prefix,
            "last_used_at" => TokenOrder.LastUsedAt,
            "revoked_at" => TokenOrder.RevokedAt,
            _ => TokenOrder.CreatedAt,
        },
        Ascending = SortDir == "asc",
    };
}
