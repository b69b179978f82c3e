namespace Platform.Functions.Identity;

/// <summary>An API key of the gateway; <paramref name="KeyPrefix"/> is the beginning of the secret.</summary>
public sealed record ApiKeyView(
    Guid Id, string Name, string KeyPrefix, DateTimeOffset CreatedAt, DateTimeOffset? LastUsedAt, DateTimeOffset? ExpiresAt, DateTimeOffset? RevokedAt)
{
    public static ApiKeyView From(AccessToken key, LastTokenUse? last) =>
        new(key.Id, key.Name, key.Prefix, key.CreatedAt, last?.At ?? key.LastUsedAt, key.ExpiresAt, key.RevokedAt);
}

/// <summary>A new API key with its secret.</summary>
public sealed record CreatedApiKey(ApiKeyView Key, string ApiKey);

/// <summary>One page of a search; <paramref name="TotalCount"/> is without its filters.</summary>
public sealed record ApiKeyPage(int Offset, int Limit, long TotalCount, long FilteredCount, IReadOnlyList<ApiKeyView> Rows);

/// <summary>The inference family's words for refusals of keys.</summary>
internal static class ApiKeyErrors
{
    public static readonly Error BadId = Error.Invalid("request.invalid_id", "invalid_id");

    private static readonly Error Limit = Error.Conflict("api_key.api_key_limit_reached", "api_key_limit_reached");
    private static readonly Error NotFound = Error.NotFound("api_key.not_found", "api_key_not_found");

    public static Error Of(Error error) => error.Code switch
    {
        TokenErrors.LimitCode => Limit,
        TokenErrors.NotFoundCode => NotFound,
        _ => error,
    };
}
