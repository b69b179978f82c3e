namespace EmbeddedFunctions.Discovery;

/// <summary>Where a parameter's value comes from.</summary>
internal enum BindingKind
{
    HttpRequest,
    RouteValue,
    FunctionContext,
    CancellationToken,
    DurableClient,
    Timer,
    MessageBody,
    MessageBatch,
    MessageActions,
    SessionActions,
    MessageMetadata,
    OrchestrationContext,
    ActivityInput,
    ActivityInstanceId,
    EntityDispatcher,
}
