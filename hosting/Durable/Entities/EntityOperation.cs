using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>One operation as entity code sees it.</summary>
internal sealed class EntityOperation(OperationRequest request, EntityContext context, EntityStateCell state, OrchestrationServices services) : TaskEntityOperation, IEntityMethodSource
{
    private DataConverter Converter => services.Converter;

    public override string Name => request.Operation;

    public override TaskEntityContext Context => context;

    public override TaskEntityState State => state;

    public override bool HasInput => request.Input is not null;

    public EntityMethods Methods => services.EntityMethods;

    public override object? GetInput(Type inputType) => Converter.Deserialize(request.Input, inputType);
}
