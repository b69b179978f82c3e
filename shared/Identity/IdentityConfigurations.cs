using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Platform.Identity;

internal sealed class UserConfiguration : IEntityTypeConfiguration<User>
{
    public void Configure(EntityTypeBuilder<User> builder)
    {
        builder.ToTable("users").HasKey(user => user.Id);
        builder.Property(user => user.Version).IsConcurrencyToken();
        builder.HasIndex(user => user.UsernameKey).IsUnique();
        builder.HasIndex(user => user.EmailKey).IsUnique();
        builder.HasIndex(user => user.CreatedAt);
    }
}

internal sealed class SessionConfiguration : IEntityTypeConfiguration<Session>
{
    public void Configure(EntityTypeBuilder<Session> builder)
    {
        builder.ToTable("sessions").HasKey(session => session.Id);
        builder.HasOne<User>().WithMany().HasForeignKey(session => session.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(session => session.UserId);
        builder.HasIndex(session => session.ExpiresAt);
    }
}

internal sealed class ImpersonationConfiguration : IEntityTypeConfiguration<Impersonation>
{
    public void Configure(EntityTypeBuilder<Impersonation> builder)
    {
        builder.ToTable("impersonations").HasKey(impersonation => impersonation.Id);
        builder.HasOne<Session>().WithMany().HasForeignKey(impersonation => impersonation.SessionId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(impersonation => impersonation.SessionId).IsUnique().HasFilter("ended_at IS NULL");
        builder.HasIndex(impersonation => impersonation.OperatorId);
    }
}

internal sealed class PlatformLockConfiguration : IEntityTypeConfiguration<PlatformLock>
{
    public void Configure(EntityTypeBuilder<PlatformLock> builder) => builder.ToTable("platform_locks").HasKey(row => row.Name);
}

internal sealed class SignInThrottleConfiguration : IEntityTypeConfiguration<SignInThrottle>
{
    public void Configure(EntityTypeBuilder<SignInThrottle> builder)
    {
        builder.ToTable("sign_in_throttles").HasKey(throttle => throttle.Key);
        builder.HasIndex(throttle => throttle.WindowStart);
    }
}

internal sealed class SigningKeyConfiguration : IEntityTypeConfiguration<SigningKey>
{
    public void Configure(EntityTypeBuilder<SigningKey> builder) => builder.ToTable("signing_keys").HasKey(key => key.Id);
}

internal sealed class EmailTokenConfiguration : IEntityTypeConfiguration<EmailToken>
{
    public void Configure(EntityTypeBuilder<EmailToken> builder)
    {
        builder.ToTable("email_tokens").HasKey(token => token.Hash);
        builder.HasOne<User>().WithMany().HasForeignKey(token => token.UserId).OnDelete(DeleteBehavior.Cascade);
        builder.HasIndex(token => token.UserId);
        builder.HasIndex(token => token.ExpiresAt);
    }
}

internal sealed class TwoFactorConfiguration : IEntityTypeConfiguration<TwoFactor>
{
    public void Configure(EntityTypeBuilder<TwoFactor> builder)
    {
        builder.ToTable("two_factors").HasKey(factor => factor.UserId);
        builder.HasOne<User>().WithOne().HasForeignKey<TwoFactor>(factor => factor.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}

internal sealed class RecoveryCodeConfiguration : IEntityTypeConfiguration<RecoveryCode>
{
    public void Configure(EntityTypeBuilder<RecoveryCode> builder)
    {
        builder.ToTable("recovery_codes").HasKey(code => new { code.UserId, code.Hash });
        builder.HasOne<User>().WithMany().HasForeignKey(code => code.UserId).OnDelete(DeleteBehavior.Cascade);
    }
}
