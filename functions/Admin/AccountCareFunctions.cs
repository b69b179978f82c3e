using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Platform.Admin;

namespace Platform.Functions.Admin;

/// <summary>What operators do for and with single accounts, as the executions family shows it.</summary>
[Api(Family.Executions)]
public sealed class AccountCareFunctions(AccountCare care, UserDeletion deletion)
{
    private const string User = "api/v1/admin/users/{userId}";

    /// <summary>End the lock that failed sign-ins have put on an account.</summary>
    [Function("AdminUsers_Unlock")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Audit = "user.unlock")]
    public async Task<Result<UserUnlocked>> UnlockAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{User}/unlock")] HttpRequest http, string userId, CancellationToken ct)
    {
        var unlocked = await care.UnlockAsync(userId.ToId(), ct);
        return unlocked.IsOk ? new UserUnlocked(unlocked.Value ? "Account unlocked" : "Account was not locked", userId.ToId(), unlocked.Value) : unlocked.Error;
    }

    /// <summary>Set a user's password; ends his sessions and his lock.</summary>
    [Function("AdminUsers_ResetPassword")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Audit = "password.reset", Body = typeof(PasswordOfUser))]
    public async Task<Result<UserPasswordReset>> ResetPasswordAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{User}/reset-password")] HttpRequest http, string userId, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<PasswordOfUser>(ct);
        var reset = body.IsOk ? await care.ResetPasswordAsync(userId.ToId(), body.Value.Password, ct) : body.Error;
        return reset.IsOk ? new UserPasswordReset("Password reset successfully", userId.ToId()) : reset.Error;
    }

    /// <summary>Delete a user with what is his alone, and report what went with him.</summary>
    [Function("AdminUsers_Delete")]
    [Operation(Permissions.PlatformUsers, Rate.Admin, Audit = "user.delete")]
    public async Task<Result<UserDeletedAnswer>> DeleteAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = User)] HttpRequest http, string userId, CancellationToken ct)
    {
        var deleted = await deletion.DeleteAsync(userId.ToId(), ct);
        return deleted.IsOk ? new UserDeletedAnswer("User deleted successfully", userId.ToId(), deleted.Value.Organizations, deleted.Value.Rows) : deleted.Error;
    }
}

/// <summary>Body of <c>POST /admin/users/{userId}/reset-password</c>.</summary>
public sealed record PasswordOfUser([Required] string Password);

public sealed record UserUnlocked(string Message, Guid UserId, bool WasLocked);

public sealed record UserPasswordReset(string Message, Guid UserId);

/// <summary>What went with the user: organizations that were his alone, by name, and rows by table.</summary>
public sealed record UserDeletedAnswer(string Message, Guid UserId, IReadOnlyList<string> DeletedOrganizations, IReadOnlyDictionary<string, int> DeletedRows);
