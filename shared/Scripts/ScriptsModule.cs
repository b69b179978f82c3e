using Microsoft.Extensions.DependencyInjection;
using Platform.Identity.OAuth;

namespace Platform.Scripts;

public static class ScriptsModule
{
    /// <summary>Registers the area: needs executions.</summary>
    public static IServiceCollection AddScripts(this IServiceCollection services)
    {
        services.AddSection<ScriptOptions>(ScriptOptions.Section);
        services.AddScoped<ScriptQueries>().AddScoped<SaveScript>().AddScoped<RunScript>().AddScoped<ScheduleScript>().AddScoped<ShareScript>();
        services.AddSingleton<ScheduledRuns>();
        services.AddScoped<IAccountMove, ScriptMove>();
        return services;
    }
}
