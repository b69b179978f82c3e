using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>The client that <c>[DurableClient]</c> parameters are bound to.</summary>
internal sealed class DurableClientProvider(DurableEngine engine)
{
    public DurableTaskClient Client { get; } = new EmbeddedDurableTaskClient(engine);
}
