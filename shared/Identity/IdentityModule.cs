using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Platform.Identity.OAuth;
using Platform.Mail;
using Platform.Organizations;
using Platform.Settings;

namespace Platform.Identity;

/// <summary>Users, sessions, passwords, and what hangs on them: organizations, settings document.</summary>
public static class IdentityModule
{
    public static IServiceCollection AddIdentity(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSection<PlatformOptions>(PlatformOptions.Section);
        services.AddSection<AuthOptions>(AuthOptions.Section)
            .Validate<IOptions<SmtpOptions>, SiteLinks>(
                (auth, smtp, links) => !auth.RequireEmailVerification || (smtp.Value.IsEnabled && links.AreKnown),
                "Auth:RequireEmailVerification needs a mail server (Smtp:Host) and Platform:PublicUrl");
        services.AddOptions<SystemSettings>().Bind(configuration.GetSection(SystemSettings.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddSingleton<Passwords>();
        services.AddSingleton<NewPasswords>();
        services.AddSingleton<SigningKeyRing>();
        services.AddSingleton<SessionTokens>();
        services.AddSingleton<SessionDirectory>();
        services.AddSingleton<AccessDirectory>();
        services.AddScoped<RightsChange>();
        services.AddScoped<IAccountMove, OrganizationMove>();
        services.AddSingleton<SessionClock>();
        services.AddSingleton<SignInTurns>();
        services.AddSingleton<SystemSettingsStore>();
        services.AddScoped<SystemSettingsService>();
        services.AddSingleton<IdentitySweep>();
        services.AddScoped<AccountNames>();
        services.AddScoped<UsernameDerivation>();
        services.AddScoped<AccountFactory>();
        services.AddScoped<SignUpService>();
        services.AddScoped<SignInGuard>();
        services.AddScoped<SignInService>();
        services.AddScoped<SessionService>();
        services.AddScoped<SessionRenewal>();
        services.AddScoped<UserDirectory>();
        services.AddScoped<OperatorChange>();
        services.AddScoped<ImpersonationService>();
        services.AddAccounts();
        services.AddTokens();
        services.AddHostedService<CopyRefresher>();
        services.AddHostedService<OperatorBootstrap>();
        return services;
    }

    private static void AddAccounts(this IServiceCollection services)
    {
        services.AddSingleton<SessionActivity>();
        services.AddSingleton<SiteLinks>();
        services.AddSingleton<AccountGate>();
        services.AddSingleton<MailboxLimit>();
        services.AddScoped<PersonalPlaces>();
        services.AddScoped<SignInJournal>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<SessionQueries>();
        services.AddScoped<DefaultPlace>();
        services.AddScoped<ProfileService>();
        services.AddScoped<CurrentPassword>();
        services.AddScoped<PasswordChange>();
        services.AddScoped<EmailTokens>();
        services.AddScoped<EmailVerification>();
        services.AddScoped<AccountMailbox>();
        services.AddScoped<AccountMailSender>();
        services.AddScoped<MailRequests>();
        services.AddScoped<TwoFactorSecrets>();
        services.AddScoped<SecondFactor>();
        services.AddScoped<TwoFactorService>();
        services.TryAddScoped<IInvitationGate, NoInvitations>();
    }
}
