using Microsoft.Extensions.DependencyInjection;

namespace Platform.Idempotency;

public static class IdempotencyModule
{
    public static IServiceCollection AddIdempotency(this IServiceCollection services)
    {
        services.AddSection<IdempotencyOptions>(IdempotencyOptions.Section);
        services.AddSingleton<IdempotencyStore>();
        services.AddScoped<IdempotentRequest>();
        return services;
    }
}
