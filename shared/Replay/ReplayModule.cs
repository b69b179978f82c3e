using Microsoft.Extensions.DependencyInjection;

namespace Platform.Replay;

public static class ReplayModule
{
    /// <summary>Registers the area: needs events, executions, blobs, secrets and outbound HTTP.</summary>
    public static IServiceCollection AddReplay(this IServiceCollection services)
    {
        services.AddSection<ReplayOptions>(ReplayOptions.Section);
        services.AddSingleton<RepeatedEvents>().AddSingleton<ReplayParts>().AddSingleton<ReplayBus>();
        services.AddScoped<IReplaySink, BusSink>().AddScoped<IReplaySink, CallbackSink>().AddScoped<IReplaySink, FileSink>().AddScoped<IReplaySink, TestSink>();
        services.AddScoped<ReplayFiles>().AddScoped<ReplaySelection>().AddScoped<ReplayOwners>().AddScoped<ReplayDelivery>().AddScoped<RunReplay>().AddScoped<FinishReplay>();
        services.AddScoped<ReplayCallbacks>().AddScoped<CreateReplay>().AddScoped<ReplayControl>().AddScoped<ReplayQueries>().AddScoped<ReplayCleanup>();
        services.AddScoped<EventReplay>().AddScoped<AggregateReplay>().AddScoped<ReplayExecutions>();
        return services;
    }
}
