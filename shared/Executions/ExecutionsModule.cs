using Microsoft.Extensions.DependencyInjection;
using Platform.Events;
using Platform.Identity.OAuth;

namespace Platform.Executions;

public static class ExecutionsModule
{
    /// <summary>Registers the area: needs the platform's data, settings and sandbox.</summary>
    public static IServiceCollection AddExecutions(this IServiceCollection services)
    {
        services.AddSection<ExecutionOptions>(ExecutionOptions.Section);
        services.AddSingleton<RunningExecutions>().AddSingleton<LiveOutput>().AddHostedService<CancelWatch>();
        services.AddSingleton<HeadStarts>().AddHostedService(provider => provider.GetRequiredService<HeadStarts>());
        services.AddScoped<ExecutionGate>().AddScoped<StartExecution>().AddScoped<RetryExecution>().AddScoped<RepeatExecution>().AddScoped<CancelExecution>().AddScoped<CancelSaga>().AddScoped<DeleteExecution>();
        services.AddScoped<QueueQueries>().AddScoped<PrioritizeExecution>();
        services.AddScoped<ExecutionQueries>().AddScoped<SagaQueries>().AddScoped<RuntimeQueries>().AddScoped<ExecutionWaiter>();
        services.AddScoped<ExecutionQueue>().AddScoped<QueueForecast>().AddScoped<ExecutionLine>().AddScoped<ClaimExecution>().AddScoped<RunAhead>().AddScoped<AdmitExecution>().AddScoped<ExecutionRunner>();
        services.AddScoped<ExecutionResults>().AddScoped<AdvanceExecution>().AddScoped<ExecutionSweep>();
        services.AddScoped<IAccountMove, ExecutionMove>().AddScoped<IAggregateOwners, ExecutionAggregates>();
        return services;
    }
}
