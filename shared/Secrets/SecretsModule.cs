using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Organizations;

namespace Platform.Secrets;

public static class SecretsModule
{
    /// <summary>Registers <see cref="ISecretBox"/> (scoped: it takes part in the unit of work's transaction).</summary>
    public static IServiceCollection AddSecrets(this IServiceCollection services)
    {
        services.AddSection<SecretsOptions>(SecretsOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => DataDirectory.From(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<MasterKeys>();
        services.AddSingleton<DataKeyRing>();
        services.AddScoped<ISecretBox, SecretBox>();
        services.AddScoped<ITenantCleanup, DataKeyCleanup>();
        return services;
    }
}
