using System.Collections.Frozen;

namespace Platform.Functions.Http;

/// <summary>What the checks family calls refusals of sign-in and sign-up: its <c>code</c>, and its text where it is not the domain's.</summary>
internal static class AuthCodes
{
    private static readonly FrozenDictionary<string, (string Code, string? Text)> Words = new Dictionary<string, (string, string?)>
    {
        ["auth.signup_disabled"] = ("SIGNUP_DISABLED", null),
        ["auth.invite_required"] = ("INVITE_REQUIRED", null),
        ["auth.invite_expired"] = ("INVITE_EXPIRED", null),
        ["auth.email_domain_not_allowed"] = ("EMAIL_DOMAIN_NOT_ALLOWED", null),
        ["user.username_taken"] = ("USER_ALREADY_EXISTS", "User already exists"),
        ["user.email_taken"] = ("USER_ALREADY_EXISTS", "User already exists"),
        ["auth.invalid_credentials"] = ("INVALID_EMAIL_OR_PASSWORD", "Invalid email or password"),
        ["auth.account_banned"] = ("BANNED_USER", null),
        ["auth.account_disabled"] = ("ACCOUNT_DISABLED", null),
        ["auth.email_not_verified"] = ("EMAIL_NOT_VERIFIED", null),
        ["auth.two_factor_required"] = ("TWO_FACTOR_REQUIRED", null),
        ["auth.two_factor_invalid"] = ("INVALID_TWO_FACTOR_CODE", null),
        ["two_factor.wrong_code"] = ("INVALID_TWO_FACTOR_CODE", null),
        ["auth.invalid_token"] = ("INVALID_TOKEN", null),
        ["auth.invalid_current_password"] = ("INVALID_PASSWORD", null),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static string? CodeOf(Error error) => Words.TryGetValue(error.Code, out var words) ? words.Code : null;

    public static string TextOf(Error error) => Words.TryGetValue(error.Code, out var words) && words.Text is { } text ? text : error.Message;
}
