using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Converters;
using EmbeddedFunctions.Invocation;
using EmbeddedFunctions.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>Adds the durable engine to the host.</summary>
internal static class DurableRegistration
{
    private const string FileName = "host.db";

    internal static IServiceCollection AddDurableEngine(this IServiceCollection services)
    {
        services.AddSingleton(CreateEngine);
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<DurableEngine>());
        services.AddSingleton<DurableClientProvider>();
        return services;
    }

    private static DurableEngine CreateEngine(IServiceProvider provider)
    {
        var storage = provider.GetRequiredService<HostStorageOptions>();
        IDurableStore store = storage.IsPostgres
            ? new PostgresDurableStore(storage.ConnectionString!)
            : new SqliteDurableStore(storage.SqliteConnectionString(FileName));
        var services = new OrchestrationServices(
            provider.GetRequiredService<IDurableFunctions>(), JsonDataConverter.Default, provider.GetRequiredService<ILoggerFactory>());
        var options = DurableOptions.From(provider.GetRequiredService<IConfiguration>());
        return new DurableEngine(new DurableNode(store, services, options, provider.GetRequiredService<TimeProvider>(), TimeProvider.System));
    }
}
