using Microsoft.EntityFrameworkCore;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<SignInThrottle> SignInThrottles => Set<SignInThrottle>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<UserLimits> UserLimits => Set<UserLimits>();
}
