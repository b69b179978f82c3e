using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Platform.Identity.OAuth;

/// <summary>Sign-in with foreign accounts, and their linking.</summary>
public static class OAuthModule
{
    private const string NeedsPublicUrl = "Sign-in with GitHub or Vercel needs Platform:PublicUrl, an absolute http(s) URL: providers send browsers back to it";

    public static IServiceCollection AddOAuth(this IServiceCollection services)
    {
        services.AddSection<GitHubOptions>(GitHubOptions.Section)
            .Validate<IOptions<PlatformOptions>>((options, platform) => options.Default.ClientId is null or "" || WebAddress.IsValid(platform.Value.PublicUrl), NeedsPublicUrl);
        services.AddSection<VercelOptions>(VercelOptions.Section)
            .Validate<IOptions<PlatformOptions>>((options, platform) => options.ClientId is null or "" || WebAddress.IsValid(platform.Value.PublicUrl), NeedsPublicUrl);
        services.AddSingleton<IOAuthProvider, GitHubProvider>().AddSingleton<IOAuthProvider, VercelProvider>().AddSingleton<OAuthProviders>().AddSingleton<OAuthSweep>();
        services.AddScoped<OAuthFlows>().AddScoped<OAuthCallback>().AddScoped<OAuthSignIn>().AddScoped<OAuthSignUp>().AddScoped<OAuthRefusals>().AddScoped<OAuthSignOut>();
        services.AddScoped<LinkedIdentities>().AddScoped<IdentityTokens>().AddScoped<IdentityRenewal>().AddScoped<TokenRevocation>().AddScoped<ProfileRefresh>();
        services.AddScoped<ConnectIdentity>().AddScoped<DisconnectIdentity>().AddScoped<MergeAccounts>().AddScoped<AuthStates>();
        services.AddScoped<IAccountMove, IdentityMove>().AddScoped<IAccountMove, TokenMove>();
        return services;
    }
}
