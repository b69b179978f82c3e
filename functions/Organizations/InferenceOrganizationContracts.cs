using System.ComponentModel.DataAnnotations;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Body of <c>POST /organizations</c>. The slug is brought into form; without one it is derived from the name.</summary>
public sealed record InferenceNewOrganization([property: StringLength(120)] string? Name = null, [property: StringLength(200)] string? Slug = null)
{
    /// <summary>Whether the session moves there.</summary>
    public bool SetAsCurrent { get; init; } = true;
}

public sealed record InferenceOrganizationRow(Guid Id, string Name, string Slug, DateTimeOffset CreatedAt, OrganizationRole Role, int MemberCount, bool IsPersonal, bool IsCurrent)
{
    public static InferenceOrganizationRow From(OrganizationDetails details, bool isCurrent) =>
        new(details.Id, details.Name, details.Slug, details.CreatedAt, details.Role, details.MemberCount, details.IsPersonal, isCurrent);
}

/// <summary>Body of <c>PUT /organizations/current</c>; null is the personal organization.</summary>
public sealed record InferenceSwitch(Guid? OrganizationId = null);

public sealed record InferenceSwitched(Guid CurrentOrganizationId, OrganizationRole CurrentOrganizationRole, string AccessToken)
{
    public string Status => "ok";
}

public sealed record InferenceMemberRow(Guid UserId, string Username, string? Email, string? FirstName, string? LastName, OrganizationRole Role, DateTimeOffset CreatedAt)
{
    public static InferenceMemberRow From(MemberDetails member) =>
        new(member.UserId, member.Username, member.Email, member.FirstName, member.LastName, member.Role, member.JoinedAt);
}

/// <summary>Body that sets a role: <c>owner</c>, <c>admin</c>, <c>member</c> (also <c>user</c>, <c>manager</c>) or <c>viewer</c>.</summary>
public sealed record InferenceRoleBody([property: Required] string Role);

public sealed record InferenceRoleSet(Guid MemberUserId, OrganizationRole Role)
{
    public string Status => "ok";
}

public sealed record InferenceDone
{
    public string Status => "ok";
}

public sealed record InferenceLeft(Guid CurrentOrganizationId, string AccessToken)
{
    public string Status => "ok";
}
