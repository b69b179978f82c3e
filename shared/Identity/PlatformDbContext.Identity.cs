using Microsoft.EntityFrameworkCore;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Data;

public sealed partial class PlatformDbContext
{
    public DbSet<User> Users => Set<User>();

    public DbSet<Impersonation> Impersonations => Set<Impersonation>();

    public DbSet<PlatformLock> PlatformLocks => Set<PlatformLock>();

    public DbSet<Session> Sessions => Set<Session>();

    public DbSet<SignInThrottle> SignInThrottles => Set<SignInThrottle>();

    public DbSet<SigningKey> SigningKeys => Set<SigningKey>();

    public DbSet<EmailToken> EmailTokens => Set<EmailToken>();

    public DbSet<TwoFactor> TwoFactors => Set<TwoFactor>();

    public DbSet<RecoveryCode> RecoveryCodes => Set<RecoveryCode>();

    public DbSet<UserLimits> UserLimits => Set<UserLimits>();
}
