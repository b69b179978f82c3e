using Platform.Organizations;

namespace Platform.Identity;

/// <summary>One row of the query behind a snapshot; a token bound to several projects has a row for each.</summary>
internal sealed record TokenFacts
{
    public required AccessToken Token { get; init; }

    public required string Username { get; init; }

    public required bool IsActive { get; init; }

    public required DateTimeOffset? BannedUntil { get; init; }

    public required OrganizationStatus OrganizationStatus { get; init; }

    /// <summary>Null when the user is no longer a member.</summary>
    public required OrganizationRole? Role { get; init; }

    public required bool? ProjectBound { get; init; }

    public required Guid? DefaultProjectId { get; init; }

    /// <summary>A project that the token is bound to and that is not deleted.</summary>
    public required Guid? BoundProjectId { get; init; }

    public required ProjectStatus? BoundProjectStatus { get; init; }

    public required bool? Bypass { get; init; }

    public required double? Multiplier { get; init; }

    public required IReadOnlyDictionary<string, int>? Rules { get; init; }
}
