using Microsoft.AspNetCore.Identity;
using Platform.Settings;

namespace Platform.Identity;

/// <summary>Hashing (PBKDF2-HMAC-SHA512 as ASP.NET Core Identity's hasher) and the one password policy of every route that sets a password.</summary>
public sealed class Passwords(IPasswordHasher<User> hasher)
{
    public const int MaxLength = 128;

    private readonly Lazy<string> _nobodysHash = new(() => hasher.HashPassword(null!, "nobody's password"));

    public string Hash(User user, string password) => hasher.HashPassword(user, password);

    /// <summary>Compares in the same time for an unknown user, a user without password and a wrong password.</summary>
    public PasswordCheck Check(User? user, string password)
    {
        var outcome = hasher.VerifyHashedPassword(user!, user?.PasswordHash ?? _nobodysHash.Value, password);
        if (user?.PasswordHash is null || outcome == PasswordVerificationResult.Failed)
            return PasswordCheck.Wrong;
        return outcome == PasswordVerificationResult.SuccessRehashNeeded ? PasswordCheck.RightButOutdated : PasswordCheck.Right;
    }

    /// <summary>The first rule that the password breaks; null when it is good.</summary>
    public static Error? Refusal(string password, string username, string? email, SecuritySettings settings)
    {
        if (password.Length < settings.PasswordMinLength)
            return Problem("too_short", $"String should have at least {settings.PasswordMinLength} characters", "string_too_short");
        if (password.Length > MaxLength)
            return Problem("too_long", $"String should have at most {MaxLength} characters", "string_too_long");
        if (!password.Any(char.IsLower) || !password.Any(char.IsUpper) || !password.Any(char.IsDigit))
            return Problem("too_weak", "Password should contain a lower-case letter, an upper-case letter and a digit", "value_error");
        if (User.Key(password) == User.Key(username) || (email is not null && User.Key(password) == User.Key(email)))
            return Problem("too_weak", "Password should differ from username and e-mail", "value_error");
        return null;
    }

    private static Error Problem(string code, string message, string type) =>
        new(ErrorKind.Invalid, $"password.{code}", message) { Problems = [Platform.Problem.Body("password", message, type)] };
}

public enum PasswordCheck
{
    Wrong,
    Right,

    /// <summary>Right, but hashed with fewer rounds than today's.</summary>
    RightButOutdated,
}
