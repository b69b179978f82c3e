using EmbeddedFunctions.Broker.Sessions;
using EmbeddedFunctions.Invocation;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Broker;

/// <summary>What all pumps share.</summary>
internal sealed record PumpServices(MessageStore Store, SessionStore Sessions, Completions Completions, FunctionRunner Runner, TimeProvider Clock, ILogger<MessagePump> Logger)
{
    /// <summary>Tells who listens to a queue's dead letters that there is one.</summary>
    public Action<string> DeadLettered { get; init; } = static _ => { };
}
