using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Platform.Sandbox.Egress;
using Platform.Sandbox.Runtimes;

namespace Platform.Sandbox;

/// <summary>Registers the sandbox, its capacity and the runtimes.</summary>
public static class SandboxRegistration
{
    /// <remarks>Needs <see cref="Outbound.OutboundModule.AddOutbound"/>: programs go out through its guard.</remarks>
    public static IServiceCollection AddSandbox(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SandboxOptions>().Bind(configuration.GetSection(SandboxOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<RuntimeOptions>().Configure(options => options.Read(configuration.GetSection(RuntimeOptions.Section))).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SandboxPool>();
        services.AddSingleton<RuntimeCatalog>();
        services.AddSingleton<RuntimeProbe>();
        services.AddSingleton<EgressProxy>();
        services.AddSingleton<BubblewrapSandbox>();
        services.TryAddSingleton<ISandbox>(provider => provider.GetRequiredService<BubblewrapSandbox>());
        services.AddHostedService<SandboxWatch>();
        return services;
    }
}
