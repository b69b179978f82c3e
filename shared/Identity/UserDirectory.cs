using Microsoft.EntityFrameworkCore;
using Platform.Data;

namespace Platform.Identity;

/// <summary>Reads users.</summary>
public sealed class UserDirectory(PlatformDbContext db)
{
    public async Task<Result<UserView>> FindAsync(Guid id, CancellationToken ct) =>
        await db.Users.AsNoTracking().SingleOrDefaultAsync(user => user.Id == id, ct) is { } user
            ? UserView.From(user)
            : IdentityErrors.UserNotFound;
}
