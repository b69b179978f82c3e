using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.RateLimits;

public static class RateLimitsModule
{
    public static IServiceCollection AddRateLimits(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(new RateRules(configuration));
        services.AddSingleton<SharedRateStore>();
        services.AddSingleton(provider => new RateLimiter(
            provider.GetRequiredService<RateRules>(),
            provider.GetRequiredService<SharedRateStore>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<RateLimiter>>()));
        services.AddScoped<UserLimitsService>().AddScoped<SensitiveLimit>();
        services.AddHostedService<RateLimitSweeper>();
        return services;
    }
}
