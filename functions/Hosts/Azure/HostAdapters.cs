using Azure.Identity;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Platform.Data;
using Platform.Events;
using Platform.Health;

namespace Platform.Functions.Hosts;

/// <summary>
/// What Azure offers beside the programming model. The topic is a Service Bus topic (<c>ServiceBus:fullyQualifiedNamespace</c>, the setting of the triggers'
/// identity-based connection). Nothing wakes the relay there; its timer runs every second.
/// </summary>
public static class HostAdapters
{
    public static IServiceCollection AddHostAdapters(this IServiceCollection services, IConfigurationManager configuration)
    {
        KeyVaultReferences.RefuseUnresolved(configuration);
        var host = configuration["ServiceBus:fullyQualifiedNamespace"] ?? throw new InvalidOperationException("ServiceBus__fullyQualifiedNamespace is not set.");
        services.AddSingleton<IOutboxSignal, TimerOnlySignal>();
        services.AddSingleton<ITaskHubProbe, TaskHubReads>();
        services.AddSingleton<ITopicSender>(_ =>
            new ServiceBusTopicSender(new Uri($"https://{host}/"), ServiceBusTopicSender.CreatePipeline(new DefaultAzureCredential())));
        return services;
    }
}
