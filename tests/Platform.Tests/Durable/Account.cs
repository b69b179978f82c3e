namespace Platform.Tests.Durable;

/// <summary>An entity with something of everything.</summary>
public sealed class Account : TaskEntity<int?>
{
    public static EntityInstanceId Id(string key) => new("Account", key);

    public int Add(int amount) => (State = State.GetValueOrDefault() + amount).Value;

    public async Task<int> AddLaterAsync(int amount)
    {
        await Task.Yield();
        return Add(amount);
    }

    public int Get(int other = 0) => State.GetValueOrDefault() + other;

    /// <summary>Changes everything that it can and then throws.</summary>
    public void AddAndFail(int amount, TaskEntityContext context)
    {
        Add(amount);
        context.SignalEntity(Id("audit"), nameof(Add), 1);
        throw new InvalidOperationException("refused", new ArgumentException("too much"));
    }

    public void Forward(TaskEntityOperation operation)
    {
        Add(1);
        operation.Context.SignalEntity(Id("audit"), nameof(Add), operation.GetInput<int>());
        operation.Context.ScheduleNewOrchestration("Note", operation.GetInput<int>(), new StartOrchestrationOptions($"note-{operation.GetInput<int>()}"));
    }

    public void Close() => State = null;
}
