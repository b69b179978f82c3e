using Azure.Core;
using Azure.Identity;

using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Platform.Events;

namespace Platform.Functions.Hosts;

/// <summary>
/// What Azure offers beside the programming model: the topic is a Service Bus topic (<c>ServiceBus:fullyQualifiedNamespace</c>, the setting of the triggers'
/// identity-based connection). Nothing wakes the relay there; its timer runs every second.
/// </summary>
public static class HostAdapters
{
    public static IServiceCollection AddHostAdapters(this IServiceCollection services, IConfigurationManager configuration)
    {
        var host = configuration["ServiceBus:fullyQualifiedNamespace"] ?? throw new InvalidOperationException("ServiceBus__fullyQualifiedNamespace is not set.");
        services.AddSingleton<ITopicSender>(_ =>
        {
            TokenCredential credential = new DefaultAzureCredential();
            return new ServiceBusTopicSender(new Uri($"https://{host}/"), ServiceBusTopicSender.CreatePipeline(credential));
        });
        return services;
    }
}
