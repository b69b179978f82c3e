namespace Platform.Chaos.Workflows;

/// <summary>Writes down what it is told, in the order in which it is told.</summary>
public sealed class LedgerEntity : TaskEntity<List<string>>
{
    internal const string Name = "ledger";

    [Function(nameof(LedgerEntity))]
    public static Task DispatchAsync([EntityTrigger(EntityName = Name)] TaskEntityDispatcher dispatcher) => dispatcher.DispatchAsync<LedgerEntity>();

    public long Write(string token)
    {
        State.Add(token);
        return Values.Of(token);
    }
}
