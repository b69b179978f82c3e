namespace EmbeddedFunctions.Discovery;

internal enum TriggerKind
{
    Http,
    Timer,
    ServiceBus,
    Orchestration,
    Activity,
    Entity,
}
