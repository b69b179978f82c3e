using System.ComponentModel.DataAnnotations;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Query of <c>GET /api/team/members</c>.</summary>
public sealed record TeamFilter : IValidatableObject
{
    /// <summary>Members only, or open invitations only.</summary>
    public TeamStatus? Status { get; init; }

    /// <summary>The base role.</summary>
    public OrganizationRole? Role { get; init; }

    /// <summary>A part of name or e-mail.</summary>
    [StringLength(100)]
    public string? Search { get; init; }

    /// <summary>Who has this custom role.</summary>
    public Guid? CustomRoleId { get; init; }

    /// <summary><c>name</c>, <c>joinedAt</c>, <c>lastActiveAt</c> or <c>role</c>; with <c>-</c> before it in falling order.</summary>
    public string Sort { get; init; } = "-joinedAt";

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (OrderOf(Sort) is null)
            yield return new ValidationResult("Input should be 'name', 'joinedAt', 'lastActiveAt' or 'role', with or without '-'", [nameof(Sort)]);
    }

    internal TeamSearch ToSearch() => new()
    {
        Status = Status,
        Role = Role,
        Text = Search,
        CustomRoleId = CustomRoleId,
        Order = OrderOf(Sort)!.Value,
        Descending = Sort.StartsWith('-'),
        Limit = Limit,
        Offset = Offset,
    };

    private static TeamOrder? OrderOf(string sort) => sort.TrimStart('-') switch
    {
        "name" => TeamOrder.Name,
        "joinedAt" => TeamOrder.JoinedAt,
        "lastActiveAt" => TeamOrder.LastActiveAt,
        "role" => TeamOrder.Role,
        _ => null,
    };
}

/// <summary>Body of <c>POST /api/team/members</c>: one address or several.</summary>
public sealed record TeamInvite : IValidatableObject
{
    private const int MaxAddresses = 20;

    [StringLength(254)]
    [EmailForm]
    public string? Email { get; init => field = value?.Trim(); }

    /// <summary>Several addresses instead of one; each is answered by itself.</summary>
    [Length(1, MaxAddresses)]
    public IReadOnlyList<string>? Emails { get; init; }

    public OrganizationRole Role { get; init; } = OrganizationRole.Member;

    [MaxLength(10)]
    public IReadOnlyList<Guid> CustomRoleIds { get; init; } = [];

    /// <summary>The project on which the custom roles count; absent: in the whole organization.</summary>
    public Guid? ProjectId { get; init; }

    /// <summary>For the mail; plain text.</summary>
    [StringLength(500)]
    [PlainText]
    public string? Message { get; init => field = value?.Trim(); }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Email is null == Emails is null)
            yield return new ValidationResult("Either email or emails should be given", [nameof(Email)]);
    }

    internal NewInvitation For(string email) => new(email, Role)
    {
        CustomRoleIds = [.. CustomRoleIds.Distinct()],
        RolesProjectId = CustomRoleIds.Count > 0 ? ProjectId : null,
        Message = string.IsNullOrEmpty(Message) ? null : Message,
    };
}

/// <summary>Body of <c>PATCH /api/team/members/{memberId}/role</c>.</summary>
public sealed record TeamRoleChange : IValidatableObject
{
    /// <summary>The base role.</summary>
    public OrganizationRole? Role { get; init; }

    /// <summary>Replaces the custom roles in the whole organization.</summary>
    [MaxLength(100)]
    public IReadOnlyList<Guid>? CustomRoleIds { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Role is null && CustomRoleIds is null)
            yield return new ValidationResult("At least one member should be given");
    }
}

public enum InvitationDirection
{
    Sent,
    Received,
}

/// <summary>Query of <c>GET /api/team/invitations/pending</c>.</summary>
public sealed record PendingFilter
{
    /// <summary>Those of the active organization, or those to the caller's own address.</summary>
    public InvitationDirection Scope { get; init; }

    /// <summary>Size of the page.</summary>
    [Range(1, 200)]
    public int Limit { get; init; } = 50;

    /// <summary>Where the page begins.</summary>
    [Range(0, int.MaxValue)]
    public int Offset { get; init; }
}
