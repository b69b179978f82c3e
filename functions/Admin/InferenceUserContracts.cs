using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Platform.Admin;
using Platform.Data;
using Platform.Organizations;

namespace Platform.Functions.Admin;

/// <summary>Query of <c>GET /users/search</c>.</summary>
public sealed record InferenceUserSearch
{
    /// <summary>Pairs before the page.</summary>
    [Clamped(0, int.MaxValue)]
    public int Offset { get; init; }

    /// <summary>Size of the page.</summary>
    [Clamped(1, 500)]
    public int Limit { get; init; } = 200;

    /// <summary>Part of username, e-mail or names, any case.</summary>
    [StringLength(254)]
    public string? Q { get; init; }

    /// <summary>Members of this organization only.</summary>
    public string? OrganizationId { get; init; }

    /// <summary>Pairs with this role only: owner, admin, member or viewer.</summary>
    public string? OrganizationRole { get; init; }

    /// <summary>username, email, role, created_at, updated_at, organization_name or organization_role.</summary>
    [Alias("order_by")]
    public string SortBy { get; init; } = "username";

    /// <summary>asc or desc.</summary>
    [Alias("order_dir")]
    public string SortDir { get; init; } = "asc";

    public Result<UserPairFilter> ToFilter()
    {
        if (!EnumWords<UserPairSort>.TryParse(SortBy, out var sort))
            return InferenceUserErrors.UnknownSortField;
        if (SortDir is not ("asc" or "desc"))
            return InferenceUserErrors.UnknownSortDirection;
        if (!InferenceUserWords.TryParseMemberRole(OrganizationRole, out var role))
            return InferenceUserErrors.InvalidRole;
        Guid? organization = null;
        if (OrganizationId is { Length: > 0 } text)
        {
            if (!Guid.TryParse(text, out var id))
                return InferenceUserErrors.InvalidId;
            organization = id;
        }
        return new UserPairFilter(Q, organization, role, sort, SortDir == "desc", Limit, Offset);
    }
}

/// <summary>Body of <c>POST /users</c>.</summary>
public sealed record InferenceNewUser(
    [Required, StringLength(254), EmailForm] string Email,
    [Required] string Password,
    [StringLength(64, MinimumLength = 3), RegularExpression(InferenceUserWords.Username)] string? Username = null,
    string? Role = null,
    [StringLength(100)] string? FirstName = null,
    [StringLength(100)] string? LastName = null);

/// <summary>Body of <c>PUT /users/{userId}</c>; what is absent or null stays, a blank first or last name is cleared.</summary>
public sealed record InferenceUserChange(
    [StringLength(254), EmailForm] string? Email = null,
    string? Password = null,
    [StringLength(64, MinimumLength = 3), RegularExpression(InferenceUserWords.Username)] string? Username = null,
    string? Role = null,
    [StringLength(100)] string? FirstName = null,
    [StringLength(100)] string? LastName = null);

public sealed record InferenceUserOrganization(Guid Id, string Name, string Slug, OrganizationRole Role);

/// <summary>A user; the organization's four fields are filled by the search only, the list of organizations by the read of one.</summary>
public sealed record InferenceUser
{
    public required Guid Id { get; init; }

    public required string Username { get; init; }

    public required string? Email { get; init; }

    public required PlatformRole Role { get; init; }

    public required string? FirstName { get; init; }

    public required string? LastName { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public Guid? OrganizationId { get; init; }

    public string? OrganizationName { get; init; }

    public string? OrganizationSlug { get; init; }

    public OrganizationRole? OrganizationRole { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<InferenceUserOrganization>? Organizations { get; init; }

    public static InferenceUser From(User user) => new()
    {
        Id = user.Id,
        Username = user.Username,
        Email = user.Email,
        Role = user.PlatformRole,
        FirstName = user.FirstName,
        LastName = user.LastName,
        CreatedAt = user.CreatedAt,
        UpdatedAt = user.UpdatedAt,
    };

    public static InferenceUser From(UserPair pair) => From(pair.User) with
    {
        OrganizationId = pair.OrganizationId,
        OrganizationName = pair.OrganizationName,
        OrganizationSlug = pair.OrganizationSlug,
        OrganizationRole = pair.OrganizationRole,
    };

    public static InferenceUser From(UserRecord record) => From(record.User) with
    {
        Organizations = [.. record.Memberships.Select(member => new InferenceUserOrganization(member.OrganizationId, member.OrganizationName, member.OrganizationSlug, member.Role))],
    };
}

public sealed record InferenceUserPage(int Offset, int Limit, long TotalCount, long FilteredCount, IReadOnlyList<InferenceUser> Rows);
