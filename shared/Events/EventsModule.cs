using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

using Platform.DeadLetters;
using Platform.Workflows;

namespace Platform.Events;

/// <summary>Registers the event store, its relays and consumers.</summary>
public static class EventsModule
{
    internal static IServiceCollection AddPlatformEvents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<EventOptions>().Bind(configuration.GetSection(EventOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<EventCatalog>(_ => new EventCatalog());
        services.AddSingleton<EventAppender>();
        services.AddSingleton<EventGroup>();
        services.AddSingleton(provider => new EventStamp(
            provider.GetRequiredService<IOptions<EventOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            EnvironmentWord(configuration["Platform:Environment"] ?? provider.GetService<IHostEnvironment>()?.EnvironmentName)));
        services.AddSingleton<EventSignal>();
        services.AddSingleton<RecentEvents>();
        services.AddSingleton<ForwardedEvents>();
        services.AddSingleton<AfterCommit>();
        services.AddSingleton<EventRelay>();
        services.AddHostedService<EventListener>();
        services.AddScoped<EventReader>();
        services.AddScoped<IWorkflows, OutboxWorkflows>();
        services.AddSingleton<WorkflowDispatch>();
        services.AddSingleton<WorkflowRelay>();
        services.AddSingleton<TopicRelay>();
        services.AddSingleton<OutboxRelay>();
        services.AddSingleton<EventSubscriptions>();
        services.AddSingleton<EventDelivery>();
        services.AddSingleton<EventConsumer>();
        services.AddSingleton<EventSweep>();
        services.AddScoped<EventVisibility>().AddScoped<EventPages>().AddScoped<EventQueries>().AddScoped<EventDetails>();
        services.AddScoped<EventCounts>().AddScoped<EventFigures>().AddScoped<EventExport>();
        services.AddScoped<PublishEvent>().AddScoped<ArchiveEvent>().AddScoped<EventAggregation>();
        return services.AddDeadLetters(configuration);
    }

    /// <summary>
    /// Subscribes a handler: <c>services.AddEventHandler&lt;NotifyOnCompletion&gt;("notifications", ["execution_completed"])</c>. The subscription needs a function
    /// with its Service Bus trigger (functions/Events).
    /// </summary>
    public static IServiceCollection AddEventHandler<T>(
        this IServiceCollection services, string subscription, IReadOnlyCollection<string> eventTypes, Func<EventSubscription, EventSubscription>? configure = null)
        where T : class, IEventHandler
    {
        var description = new EventSubscription(subscription, typeof(T), eventTypes);
        services.AddScoped<T>();
        return services.AddSingleton(configure is null ? description : configure(description));
    }

    private static string EnvironmentWord(string? name) => name?.ToLowerInvariant() switch
    {
        "development" => "development",
        "staging" => "staging",
        "production" or null => "production",
        _ => "test",
    };
}
