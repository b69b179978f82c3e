using Microsoft.Extensions.DependencyInjection;

namespace Platform.Domains;

public static class DomainsModule
{
    /// <summary>Registers the area: needs the platform's data and audit.</summary>
    public static IServiceCollection AddDomains(this IServiceCollection services)
    {
        services.AddSection<DomainOptions>(DomainOptions.Section);
        services.AddSingleton<DomainName>().AddSingleton<TxtRecords>().AddSingleton<DomainCheck>().AddSingleton<DueDomains>().AddSingleton<DomainRoutes>();
        services.AddScoped<DomainQueries>().AddScoped<DomainLinks>().AddScoped<DomainService>();
        return services;
    }
}
