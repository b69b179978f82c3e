using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.Management;

namespace EmbeddedFunctions.Durable;

/// <summary>The client that <c>[DurableClient]</c> parameters are bound to.</summary>
internal sealed class DurableClientProvider(DurableEngine engine, ManagementUrls? urls = null)
{
    public DurableTaskClient Client { get; } = new EmbeddedDurableTaskClient(engine, urls);
}
