using Microsoft.Extensions.DependencyInjection;

namespace Platform.Variables;

public static class VariablesModule
{
    public static IServiceCollection AddVariables(this IServiceCollection services)
    {
        services.AddSection<VariableOptions>(VariableOptions.Section);
        services.AddScoped<VariableVault>();
        services.AddSingleton<VariableFiles>();
        services.AddScoped<VariableQueries>();
        services.AddScoped<CreateVariable>();
        services.AddScoped<ChangeVariable>();
        services.AddScoped<RuntimeVariables>();
        services.AddScoped<RuntimeValues>();
        services.AddScoped<SetRuntimeVariables>();
        services.AddSingleton<VariableFileSweep>();
        return services;
    }
}
