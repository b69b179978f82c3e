using EmbeddedFunctions.Hosting;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Health;

namespace Platform.Functions.Hosts;

/// <summary>What the embedded host offers beside the programming model.</summary>
public static class HostAdapters
{
    public static IServiceCollection AddHostAdapters(this IServiceCollection services, IConfigurationManager configuration)
    {
        HostStorageDefaults.AddTo(configuration);
        services.AddSingleton<IOutboxSignal>(provider => new TimerOutboxSignal(provider.GetRequiredService<ITimerSignal>()));
        services.AddSingleton<ITopicSender>(provider => new BrokerTopicSender(provider.GetRequiredService<IMessageSender>()));
        services.AddSingleton<ITaskHubProbe, TaskHubStores>();
        services.AddSingleton<IOperatorAccess, OperatorAccess>();
        services.AddHostedService<StartGuide>();
        return services;
    }
}
