using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Platform.Outbound;

public static class OutboundModule
{
    /// <summary>Registers <see cref="OutboundGuard"/> and <see cref="OutboundHttp"/> (singletons).</summary>
    public static IServiceCollection AddOutbound(this IServiceCollection services)
    {
        services.AddSection<OutboundOptions>(OutboundOptions.Section);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<ResolveHost>(_ => Dns.GetHostAddressesAsync);
        services.AddSingleton<OutboundGuard>();
        services.AddSingleton<OutboundHttp>();
        return services;
    }
}
