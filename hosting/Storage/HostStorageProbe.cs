using System.Security.Cryptography;
using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace EmbeddedFunctions.Storage;

/// <summary>Probes the database of messages, timers and keys, and the durable engine's where it runs.</summary>
internal sealed class HostStorageProbe(HostDatabase database, FunctionCatalog catalog, IServiceProvider services) : IHostStorage
{
    /// <summary>More than a page of any of the databases: a full one has to refuse it.</summary>
    public static readonly string Filler = RandomNumberGenerator.GetHexString(8192);

    public async Task ProbeAsync(CancellationToken ct)
    {
        await database.WriteAsync(StoreAndRemoveAsync, ct);
        if (catalog.UsesDurableTasks)
            await services.GetRequiredService<DurableEngine>().ProbeStoreAsync(ct);

        async Task<int> StoreAndRemoveAsync(HostSession session)
        {
            var name = Guid.CreateVersion7().ToString("N");
            await session.ExecuteAsync(
                "INSERT INTO function_keys (scope, name, value) VALUES ('probe', @name, @filler)", p => p.Add("name", name).Add("filler", Filler), ct);
            return await session.ExecuteAsync("DELETE FROM function_keys WHERE scope = 'probe' AND name = @name", p => p.Add("name", name), ct);
        }
    }
}
