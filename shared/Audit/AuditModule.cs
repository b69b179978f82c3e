using Microsoft.Extensions.DependencyInjection;

namespace Platform.Audit;

/// <summary>Registers the audit log: its writers, its chains and its readers.</summary>
public static class AuditModule
{
    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSection<AuditOptions>(AuditOptions.Section);
        services.AddScoped<AuditTrail>().AddScoped<OperatorAccess>().AddScoped<AuditLog>().AddScoped<ActivityFeed>();
        services.AddSingleton<AuditChains>().AddSingleton<AuditRetention>().AddSingleton<AuditVerifier>();
        services.AddHostedService<AuditChainWorker>();
        return services;
    }
}
