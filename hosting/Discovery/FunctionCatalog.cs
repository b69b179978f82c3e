namespace EmbeddedFunctions.Discovery;

/// <summary>The functions of the app.</summary>
internal sealed class FunctionCatalog(IReadOnlyList<DiscoveredFunction> functions)
{
    private readonly ILookup<TriggerKind, DiscoveredFunction> _byKind = functions.ToLookup(f => f.Kind);

    public IReadOnlyList<DiscoveredFunction> All => functions;

    public bool UsesDurableTasks =>
        functions.Any(f => f.Kind is TriggerKind.Orchestration or TriggerKind.Activity || f.Bindings.Any(b => b.Kind == BindingKind.DurableClient));

    public IEnumerable<DiscoveredFunction> Of(TriggerKind kind) => _byKind[kind];
}
