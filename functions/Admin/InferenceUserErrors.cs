using System.Collections.Frozen;
using Platform.Admin;

namespace Platform.Functions.Admin;

/// <summary>Refusals about users in the words of the inference family: the code, and beside it a machine-readable text.</summary>
internal static class InferenceUserErrors
{
    public static readonly Error InvalidId = Error.Invalid("request.invalid_id", "invalid_id");
    public static readonly Error InvalidRole = Error.Invalid("user.invalid_role", "invalid_role");
    public static readonly Error UnknownSortField = Error.Invalid("search.unknown_sort_field", "unknown_sort_field");
    public static readonly Error UnknownSortDirection = Error.Invalid("search.unknown_sort_dir", "unknown_sort_dir");

    private static readonly FrozenDictionary<string, Error> Words = new Dictionary<string, Error>(StringComparer.Ordinal)
    {
        [IdentityErrors.UserNotFound.Code] = Error.NotFound("user.not_found", "user_not_found"),
        [IdentityErrors.UsernameTaken.Code] = Error.Conflict("user.username_already_exists", "username_already_exists"),
        [IdentityErrors.EmailTaken.Code] = Error.Conflict("user.email_already_exists", "email_already_exists"),
        [IdentityErrors.ForeignAddress.Code] = Error.Invalid("user.invalid_request", "username_must_be_own_email"),
        [AdminErrors.LastOperator.Code] = Error.Conflict("user.last_admin", "last_admin"),
        [UserDeletion.Oneself.Code] = Error.Invalid("user.cannot_delete_self", "cannot_delete_self"),
        ["password.too_short"] = Error.Invalid("user.invalid_password", "password_too_short"),
        ["password.too_long"] = Error.Invalid("user.invalid_password", "password_too_long"),
        ["password.too_weak"] = Error.Invalid("user.invalid_password", "password_too_weak"),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static Error Of(Error error) => Words.GetValueOrDefault(error.Code, error);
}
