using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>How an operation ended: with a result (JSON) or a failure.</summary>
internal sealed record EntityAnswer(string? Result, Failure? Failure);

/// <summary>Operations of one entity that run one after the other and are committed together. One that throws leaves neither state nor effects; the others stand.</summary>
internal sealed class EntityBatch(EntityInstanceId id, string? state, IReadOnlyList<OperationRequest> operations, OrchestrationServices services, CancellationToken lost)
{
    private readonly EntityStateCell _state = new(state, services.Converter);
    private readonly EntityContext _context = new(id, services.Converter);
    private readonly List<EntityAnswer> _answers = [];

    public string? State => _state.Json;

    public IReadOnlyList<EntityEffect> Effects => _context.Effects;

    /// <summary>One per operation that has run, in their order.</summary>
    public IReadOnlyList<EntityAnswer> Answers => _answers;

    public async Task RunAsync(ITaskEntity entity)
    {
        ArgumentNullException.ThrowIfNull(entity);
        while (_answers.Count < operations.Count)
        {
            lost.ThrowIfCancellationRequested();
            _answers.Add(await RunAsync(entity, operations[_answers.Count]));
        }
    }

    /// <summary>Answers the operations that have not run.</summary>
    public void FailRest(Failure failure)
    {
        while (_answers.Count < operations.Count)
            _answers.Add(new EntityAnswer(null, failure));
    }

    private async Task<EntityAnswer> RunAsync(ITaskEntity entity, OperationRequest request)
    {
        try
        {
            var result = await entity.RunAsync(new EntityOperation(request, _context, _state, services));
            var answer = new EntityAnswer(services.Converter.Serialize(result), null);
            _state.Keep();
            _context.Keep();
            return answer;
        }
        catch (Exception e) when (!lost.IsCancellationRequested)
        {
            _state.Undo();
            _context.Undo();
            return new EntityAnswer(null, Failure.From(e));
        }
    }
}
