using Microsoft.Extensions.DependencyInjection;
using Platform.Dashboards;
using Platform.Organizations;

namespace Platform.Databases;

public static class DatabasesModule
{
    public static IServiceCollection AddDatabases(this IServiceCollection services)
    {
        services.AddSection<DatabaseOptions>(DatabaseOptions.Section);
        services.AddSingleton<DatabaseFiles>().AddSingleton<QueryTurns>().AddSingleton<SqliteQueries>().AddSingleton<DatabaseSeries>().AddSingleton<DatabaseSweep>();
        services.AddScoped<DatabaseQueries>().AddScoped<DatabaseProgress>().AddScoped<QueryDatabase>();
        services.AddScoped<CreateDatabase>().AddScoped<ChangeDatabase>().AddScoped<DeleteDatabase>();
        services.AddScoped<DatabaseEngines>().AddScoped<IDatabaseEngine, SqliteEngine>().AddScoped<IDatabaseEngine, PostgresEngine>().AddScoped<DatabaseFactory>().AddScoped<DatabaseAttempts>().AddScoped<DatabaseVault>().AddScoped<PostgresQueries>();
        services.AddSingleton<PostgresAdministration>().AddSingleton<PostgresTools>().AddSingleton<ScheduleBackups>();
        services.AddScoped<BackupFiles>();
        services.AddScoped<BackupQueries>().AddScoped<StartBackup>().AddScoped<MakeBackup>().AddScoped<StartRestore>().AddScoped<RestoreBackup>();
        services.AddScoped<ProvisionDatabase>().AddScoped<RemoveDatabase>().AddScoped<ITenantCleanup, DatabaseCleanup>();
        services.AddScoped<IDashboardPart, DatabaseDashboard>();
        return services;
    }
}
