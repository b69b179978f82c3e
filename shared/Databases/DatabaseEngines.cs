namespace Platform.Databases;

/// <summary>The engines by their kind: the one place that tells them apart.</summary>
public sealed class DatabaseEngines(IEnumerable<IDatabaseEngine> engines)
{
    private readonly Dictionary<DatabaseEngine, IDatabaseEngine> _engines = engines.ToDictionary(engine => engine.Kind);

    public IReadOnlyCollection<IDatabaseEngine> All => _engines.Values;

    public IDatabaseEngine Of(DatabaseEngine kind) => _engines[kind];

    public IDatabaseEngine Of(ManagedDatabase database) => _engines[database.Engine];
}
