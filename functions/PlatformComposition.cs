using Microsoft.Extensions.DependencyInjection;
using Platform.Blobs;
using Platform.Data;
using Platform.Functions.Hosts;
using Platform.Functions.Identity;
using Platform.Health;
using Platform.Idempotency;
using Platform.Outbound;
using Platform.Sandbox;
using Platform.Secrets;

namespace Platform.Functions;

/// <summary>What the app consists of: one line per area, then the HTTP pipeline. Tests compose the same app.</summary>
public static class PlatformComposition
{
    public static FunctionsApplicationBuilder AddPlatform(this FunctionsApplicationBuilder builder)
    {
        var (services, configuration) = (builder.Services, builder.Configuration);
        services.AddSingleton(OperationCatalog.FromAssemblies(typeof(PlatformComposition).Assembly));

        services.AddPlatformData(configuration);
        services.AddIdentity(configuration);
        services.AddRateLimits(configuration);
        services.AddIdempotency(configuration);
        services.AddSecrets();
        services.AddBlobs();
        services.AddOutbound();
        services.AddSandbox(configuration);
        services.AddHealth();
        services.AddHostAdapters(configuration);

        services.AddSingleton<SessionCookies>();
        services.AddHttpPipeline();
        builder.UseHttpPipeline();
        return builder;
    }
}
