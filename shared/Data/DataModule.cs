using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

using Platform.Audit;
using Platform.Events;
using Platform.Identity;

namespace Platform.Data;

/// <summary>Registers the database, its migration at start, and what a unit of work consists of.</summary>
public static class DataModule
{
    public static IServiceCollection AddPlatformData(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddScoped<CallerScope>();
        services.TryAddTransient(provider => provider.GetRequiredService<CallerScope>().Current);
        services.AddSingleton(_ => new DatabaseSettings(configuration));
        services.AddSingleton(provider => provider.GetRequiredService<DatabaseSettings>().Postgres);
        services.AddSingleton<WriteGate>();
        services.AddSingleton<AuditSignal>();
        services.AddSingleton<UnitOfWorkServices>();
        services.AddSingleton<IOutboxSignal, TimerOnlySignal>();
        services.AddSingleton<DatabaseReady>();
        services.AddSingleton<DatabaseMigrator>();
        services.AddSingleton<ExpiredRows>();
        services.AddHostedService<DatabaseStartup>();
        services.AddPooledDbContextFactory<PlatformDbContext>(Configure, poolSize: 128);
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<PlatformDbContext>>().CreateDbContext()
            .Begin(provider.GetRequiredService<CallerScope>(), provider.GetRequiredService<UnitOfWorkServices>()));
        return services.AddPlatformEvents(configuration);
    }

    /// <summary>A scope in the name of <paramref name="caller"/>, for work that no request started.</summary>
    public static AsyncServiceScope CreateScopeFor(this IServiceScopeFactory scopes, Caller caller, string? correlationId = null)
    {
        var scope = scopes.CreateAsyncScope();
        var holder = scope.ServiceProvider.GetRequiredService<CallerScope>();
        holder.Current = caller;
        holder.CorrelationId = correlationId;
        return scope;
    }

    private static void Configure(IServiceProvider provider, DbContextOptionsBuilder options)
    {
        var settings = provider.GetRequiredService<DatabaseSettings>();
        if (settings.IsSqlite)
            options.UseSqlitePool(settings.Sqlite);
        else
            options.UseNpgsql(); // the registered data source; handed one, EF would build its model and its queries anew for each

        // Migrations are written by hand and have no snapshot; the schema test compares what they build with the model.
        options.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));
    }
}
