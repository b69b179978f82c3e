using Microsoft.Extensions.DependencyInjection;
using Platform.Identity.OAuth;

namespace Platform.Quotas;

public static class QuotasModule
{
    /// <summary>Registers the area: needs the platform's data and audit.</summary>
    public static IServiceCollection AddQuotas(this IServiceCollection services)
    {
        services.AddSection<QuotaOptions>(QuotaOptions.Section);
        services.AddSingleton<OverrideWatch>().AddSingleton<QuotaSweep>();
        services.AddScoped<QuotaBook>().AddScoped<QuotaNotices>().AddScoped<UsageMeter>().AddScoped<QuotaGate>();
        services.AddScoped<UsageQueries>().AddScoped<OrganizationUsageQueries>().AddScoped<QuotaAdministration>();
        services.AddScoped<IAccountMove, QuotaMove>();
        return services;
    }
}
