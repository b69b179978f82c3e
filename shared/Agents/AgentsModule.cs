using Microsoft.Extensions.DependencyInjection;
using Platform.Identity.OAuth;

namespace Platform.Agents;

public static class AgentsModule
{
    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddSection<AgentOptions>(AgentOptions.Section);
        services.AddSingleton<AgentSweep>();
        return services.AddScoped<ProviderKeys>().AddScoped<AgentKeys>().AddScoped<DailyMessages>().AddScoped<IAccountMove, AgentMove>();
    }
}
