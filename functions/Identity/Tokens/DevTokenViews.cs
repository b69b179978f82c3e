using System.Text.Json.Serialization;

namespace Platform.Functions.Identity;

/// <summary>An access token as delivery shows it.</summary>
public sealed record DevTokenView
{
    public required Guid Id { get; init; }

    public string Kind { get; } = "dev";

    public required string Name { get; init; }

    /// <summary>First 8 characters of the secret.</summary>
    public required string Prefix { get; init; }

    /// <summary>The secret, shown this once.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Token { get; init; }

    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Null: all projects that the user may see.</summary>
    public required IReadOnlyList<Guid>? ProjectIds { get; init; }

    public required IReadOnlyList<string> IpAllowList { get; init; }

    public required TokenStatus Status { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    public required DateTimeOffset? LastUsedAt { get; init; }

    public required string? LastUsedIp { get; init; }

    public required DateTimeOffset? RotatedAt { get; init; }

    /// <summary>Until when the secret before the last rotation works.</summary>
    public required DateTimeOffset? PreviousValidUntil { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The user whose token it is.</summary>
    public required Guid CreatedBy { get; init; }
}

/// <summary>Shows tokens, with the last use that this process knows of.</summary>
public sealed class DevTokenViews(TokenUsage usage, TimeProvider clock)
{
    private const int ShownPrefix = 8;

    public DevTokenView Of(AccessToken token) => Of(token, secret: null);

    public DevTokenView Of(IssuedToken issued) => Of(issued.Token, issued.Secret);

    private DevTokenView Of(AccessToken token, string? secret)
    {
        var (status, last) = (token.StatusAt(clock.GetUtcNow()), usage.LastOf(token.Id));
        return new DevTokenView
        {
            Id = token.Id,
            Name = token.Name,
            Prefix = token.Prefix[..ShownPrefix],
            Token = secret,
            Scopes = token.Scopes,
            ProjectIds = token.ProjectBound ? [.. token.Projects.Select(bound => bound.ProjectId)] : null,
            IpAllowList = token.IpAllowList,
            Status = status,
            ExpiresAt = token.ExpiresAt,
            LastUsedAt = last?.At ?? token.LastUsedAt,
            LastUsedIp = last?.Address ?? token.LastUsedIp,
            RotatedAt = token.RotatedAt,
            PreviousValidUntil = status == TokenStatus.Rotating ? token.PreviousValidUntil : null,
            CreatedAt = token.CreatedAt,
            UpdatedAt = token.UpdatedAt,
            CreatedBy = token.UserId,
        };
    }
}
