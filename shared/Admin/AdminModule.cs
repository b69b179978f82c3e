using Microsoft.Extensions.DependencyInjection;

namespace Platform.Admin;

/// <summary>What operators do: users, organizations, platform statistics.</summary>
public static class AdminModule
{
    public static IServiceCollection AddAdmin(this IServiceCollection services)
    {
        services.AddScoped<UserAdministration>();
        services.AddScoped<UserEffects>();
        services.AddScoped<UserBans>();
        services.AddScoped<UserDeletion>();
        services.AddScoped<UserTraces>();
        services.AddScoped<UserQueries>();
        services.AddScoped<UserPairs>();
        services.AddScoped<UserLimitsAdministration>();
        services.AddScoped<AccountCare>();
        services.AddScoped<UserOverview>();
        services.AddScoped<PlatformStatistics>();
        services.AddScoped<OrganizationOversight>();
        return services;
    }
}
