using Microsoft.Extensions.DependencyInjection;

namespace Platform.Identity;

/// <summary>Access tokens: making, checking, counting and ending them.</summary>
internal static class TokensModule
{
    public static void AddTokens(this IServiceCollection services)
    {
        services.AddSection<TokenOptions>(TokenOptions.Section);
        services.AddSingleton<TokenDirectory>();
        services.AddSingleton<TokenLife>();
        services.AddSingleton<TokenUsage>();
        services.AddSingleton<TokenUsageStore>();
        services.AddSingleton<TokenSweep>();
        services.AddSingleton<TokenWarnings>();
        services.AddSingleton<JobKeyVerifier>();
        services.AddSingleton<RefusedAddresses>();
        services.AddScoped<AccessTokens>();
        services.AddScoped<TokenChange>();
        services.AddScoped<TokenGrants>();
        services.AddScoped<TokenIssuer>();
        services.AddScoped<TokenQueries>();
        services.AddScoped<TokenUsageQueries>();
        services.AddScoped<CreateUserToken>();
        services.AddScoped<UserTokens>();
        services.AddScoped<InferenceKeys>();
        services.AddScoped<JobKeys>();
        services.AddHostedService<TokenUsageWriter>();
    }
}
