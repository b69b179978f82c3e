using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;

namespace Platform.Functions.Identity;

/// <summary>Body of <c>POST /api/dev/tokens</c>.</summary>
public sealed record CreateDevTokenRequest : IValidatableObject
{
    /// <summary>Unique among the user's live tokens.</summary>
    [Required, StringLength(100), PlainText]
    public required string Name { get; init; }

    /// <summary>Permissions, wildcards (<c>builds:*</c>, <c>*:read</c>, <c>*</c>) and bundles (<c>checks:read</c>, <c>workbench</c> …).</summary>
    [Required, Length(1, 50)]
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>A time; null for a token without an end, where the platform allows it. 90 days from now by default.</summary>
    [InstantOrNull]
    public JsonElement ExpiresAt { get; init; }

    [Range(1, TokenLife.MaxDays)]
    public int? ExpiresInDays { get; init; }

    /// <summary>The projects that the token sees; null for all that its user may see.</summary>
    [Length(1, 100)]
    public IReadOnlyList<Guid>? ProjectIds { get; init; }

    /// <summary>Addresses or networks (CIDR) from which it may be used; empty allows all.</summary>
    [MaxLength(20)]
    public IReadOnlyList<string>? IpAllowList { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TokenRequests.CheckEnd(ExpiresAt, ExpiresInDays);

    internal WishedToken ToWish() => new(Name.Trim(), TokenRequests.EndOf(ExpiresAt, ExpiresInDays)) { Scopes = Scopes, ProjectIds = ProjectIds, IpAllowList = IpAllowList };
}

/// <summary>Body of <c>PATCH /api/dev/tokens/{tokenId}/rotate</c>.</summary>
public sealed record RotateDevTokenRequest : IValidatableObject
{
    /// <summary>How long the former secret goes on working.</summary>
    [Range(0, 604_800)]
    public int OverlapSeconds { get; init; } = 3600;

    /// <summary>A time, or null for no end; by default the token lives as long again as it did.</summary>
    [InstantOrNull]
    public JsonElement ExpiresAt { get; init; }

    [Range(1, TokenLife.MaxDays)]
    public int? ExpiresInDays { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) => TokenRequests.CheckEnd(ExpiresAt, ExpiresInDays);

    internal WishedEnd End() => TokenRequests.EndOf(ExpiresAt, ExpiresInDays);
}

/// <summary>Body of <c>PATCH /api/dev/tokens/{tokenId}/scopes</c>.</summary>
public sealed record ChangeScopesRequest
{
    [Required, MaxLength(50)]
    public required IReadOnlyList<string> Scopes { get; init; }

    public ScopeChange Mode { get; init; }
}

/// <summary>Body of <c>POST /api/tokens</c>.</summary>
public sealed record CreateApiTokenRequest
{
    /// <summary>Unique among the user's live tokens.</summary>
    [Required, StringLength(100), PlainText]
    public required string Name { get; init; }

    /// <summary>By default <c>tasks:read</c> and <c>tasks:write</c>, as far as the user holds them.</summary>
    [Length(1, 50)]
    public IReadOnlyList<string>? Scopes { get; init; }

    /// <summary>A time; null for a token without an end, where the platform allows it. 90 days from now by default.</summary>
    [InstantOrNull]
    public JsonElement ExpiresAt { get; init; }

    internal WishedToken ToWish() => new(Name.Trim(), TokenRequests.EndOf(ExpiresAt, null)) { Scopes = Scopes };
}

/// <summary>Query of <c>GET /api/dev/tokens/{tokenId}/usage</c>.</summary>
public sealed record TokenUsageQuery : IValidatableObject
{
    /// <summary>Minutes, hours or days up to now, such as <c>30d</c>; at most 90 days.</summary>
    public string Period { get; init; } = "30d";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TokenRequests.TryReadPeriod(Period, out var period) || period > TimeSpan.FromDays(TokenSweep.UsageDays))
            yield return new ValidationResult("Period should be a number with m, h or d, at most 90d", [nameof(Period)]);
    }

    internal TimeSpan ToTimeSpan() => TokenRequests.TryReadPeriod(Period, out var period) ? period : throw new InvalidOperationException("The query was not checked");
}

internal static class TokenRequests
{
    public static IEnumerable<ValidationResult> CheckEnd(JsonElement at, int? days)
    {
        if (at.ValueKind != JsonValueKind.Undefined && days is not null)
            yield return new ValidationResult("Only one of expiresAt and expiresInDays can be given", ["ExpiresInDays"]);
    }

    public static WishedEnd EndOf(JsonElement at, int? days) => at.ValueKind switch
    {
        JsonValueKind.Null => new WishedEnd(null, null, IsNever: true),
        JsonValueKind.String when WireTime.TryParse(at.GetString(), out var time) => new WishedEnd(time, null, IsNever: false),
        _ => new WishedEnd(null, days, IsNever: false),
    };

    public static bool TryReadPeriod(string text, out TimeSpan period)
    {
        period = default;
        if (text.Length is < 2 or > 7 || !int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
            return false;
        period = text[^1] switch
        {
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => TimeSpan.Zero,
        };
        return period > TimeSpan.Zero;
    }
}
