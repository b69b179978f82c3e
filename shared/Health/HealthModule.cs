using Microsoft.Extensions.DependencyInjection;

namespace Platform.Health;

public static class HealthModule
{
    /// <summary>Registers <see cref="HealthProber"/> with its checks. Needs the database, blob store and sandbox modules.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<IComponentCheck, DatabaseCheck>();
        services.AddSingleton<IComponentCheck, EventBusCheck>();
        services.AddSingleton<IComponentCheck, EventStoreCheck>();
        services.AddSingleton<IComponentCheck, BlobStoreCheck>();
        services.AddSingleton<IComponentCheck, SandboxCheck>();
        services.AddSingleton<IComponentCheck, DeadLettersCheck>();
        services.AddSingleton<HealthTransitions>();
        services.AddHostedService(provider => provider.GetRequiredService<HealthTransitions>());
        services.AddSingleton<HealthProber>();
        return services;
    }
}
