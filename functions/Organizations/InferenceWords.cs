using System.Collections.Frozen;
using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>The words of the inference family: an error code and a message for each refusal.</summary>
internal static class InferenceWords
{
    public static readonly Error RoleChange = Word(ErrorKind.Forbidden, "role_change_not_allowed");
    public static readonly Error Removal = Word(ErrorKind.Forbidden, "member_remove_not_allowed");
    public static readonly Error InvalidRole = Word(ErrorKind.Invalid, "invalid_role");
    public static readonly Error InvalidId = Word(ErrorKind.Invalid, "invalid_id");

    private static readonly FrozenDictionary<string, Error> Common = Table(
        (OrganizationErrors.NotFound, Word(ErrorKind.NotFound, "not_found", "organization_not_found")),
        (OrganizationErrors.SlugTaken, Word(ErrorKind.Conflict, "conflict", "organization_slug_already_exists")),
        (OrganizationErrors.LimitReached, Word(ErrorKind.Conflict, "organization_limit_reached")),
        (OrganizationErrors.CreationDisabled, Word(ErrorKind.Forbidden, "forbidden", "organization_creation_disabled")),
        (OrganizationErrors.SessionRequired, Word(ErrorKind.Invalid, "session_required")),
        (MemberErrors.NotFound, Word(ErrorKind.NotFound, "member_not_found")));

    private static readonly FrozenDictionary<string, Error> Roles = Table(
        (MemberErrors.Rank, RoleChange),
        (MemberErrors.OwnRole, RoleChange),
        (MemberErrors.LastOwner, Word(ErrorKind.Conflict, "conflict", "last_owner_cannot_be_changed")),
        (OrganizationErrors.Personal, Word(ErrorKind.Conflict, "conflict", "last_owner_cannot_be_changed")));

    private static readonly FrozenDictionary<string, Error> Removals = Table(
        (MemberErrors.Rank, Removal),
        (MemberErrors.LastOwner, Word(ErrorKind.Conflict, "conflict", "last_owner_cannot_be_removed")),
        (OrganizationErrors.Personal, Word(ErrorKind.Conflict, "conflict", "last_owner_cannot_be_removed")));

    public static Error Of(Error error) => Common.GetValueOrDefault(error.Code, error);

    public static Error OfRoleChange(Error error) => Roles.GetValueOrDefault(error.Code, Of(error));

    public static Error OfRemoval(Error error) => Removals.GetValueOrDefault(error.Code, Of(error));

    private static Error Word(ErrorKind kind, string code, string? message = null) => new(kind, $"organization.{code}", message ?? code);

    private static FrozenDictionary<string, Error> Table(params (Error Domain, Error Wire)[] rows) =>
        rows.ToFrozenDictionary(row => row.Domain.Code, row => row.Wire, StringComparer.Ordinal);
}
