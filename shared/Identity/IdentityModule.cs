using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Platform.Audit;
using Platform.Organizations;
using Platform.Settings;

namespace Platform.Identity;

/// <summary>Users, sessions, passwords, and what hangs on them: organizations, settings document, audit trail.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<PlatformOptions>(PlatformOptions.Section);
        services.AddSection<AuthOptions>(AuthOptions.Section);
        services.AddOptions<SystemSettings>().Bind(configuration.GetSection(SystemSettings.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<AccessDirectory>();
        services.AddScoped<RightsChange>();
        services.AddSingleton<SessionClock>();
        services.AddSingleton<SignInTurns>();
        services.AddSingleton<SystemSettingsStore>();
        services.AddSingleton<IdentitySweep>();
        services.AddScoped<AccountFactory>();
        services.AddScoped<SignUpService>();
        services.AddScoped<SignInGuard>();
        services.AddScoped<SignInService>();
        services.AddScoped<SessionService>();
        services.AddScoped<UserDirectory>();
        services.AddScoped<AuditTrail>();
        services.AddScoped<OperatorAccess>();
        services.AddHostedService<SessionRefresher>();
        services.AddHostedService<OperatorBootstrap>();
        return services;
    }
}
