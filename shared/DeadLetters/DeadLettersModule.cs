using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

using Platform.Identity.OAuth;
using Platform.Organizations;

namespace Platform.DeadLetters;

public static class DeadLettersModule
{
    /// <summary>Registers the area: what consumers need to put events aside, and what people and timers do with them.</summary>
    internal static IServiceCollection AddDeadLetters(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DeadLetterOptions>().Bind(configuration.GetSection(DeadLetterOptions.Section), binder => binder.ErrorOnUnknownConfiguration = true)
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DeadLetterQueue>();
        services.AddSingleton<DeadLetterSweep>();
        services.AddScoped<DeadLetterPolicies>().AddScoped<SetDeadLetterPolicy>();
        services.AddScoped<RetryDeadLetters>().AddScoped<DiscardDeadLetters>().AddScoped<DeadLetterQueries>();
        services.AddScoped<IAccountMove, DeadLetterMove>().AddScoped<ITenantCleanup, PolicyCleanup>();
        return services;
    }
}
