using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>
/// The one name space of usernames and e-mail addresses. A username with <c>@</c> is only allowed when it is the user's own address, so that the two unique
/// columns keep names and addresses apart even when two requests race.
/// </summary>
public sealed class AccountNames(PlatformDbContext db)
{
    public const int MaxUsername = 64;

    /// <summary>Why the two cannot be a user's; null when they can.</summary>
    /// <param name="exceptUserId">The user who changes his own.</param>
    public async Task<Error?> TakenAsync(string username, string? email, Guid? exceptUserId, CancellationToken ct)
    {
        var (name, address) = (User.Key(username), User.Key(email ?? username));
        if (name.Contains('@', StringComparison.Ordinal) && name != address)
            return IdentityErrors.ForeignAddress;
        var taken = await db.Users
            .Where(user => user.Id != exceptUserId && (user.UsernameKey == name || user.UsernameKey == address || user.EmailKey == address || user.EmailKey == name))
            .Select(user => new { user.UsernameKey, user.EmailKey }).ToListAsync(ct);
        if (taken.Count == 0)
            return null;
        var isName = email is null || (name != address && taken.Exists(user => user.UsernameKey == name || user.EmailKey == name));
        return isName ? IdentityErrors.UsernameTaken : IdentityErrors.EmailTaken;
    }
}
