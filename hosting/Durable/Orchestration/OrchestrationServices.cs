using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Entities;
using EmbeddedFunctions.Invocation;
using Microsoft.Extensions.Logging;

namespace EmbeddedFunctions.Durable;

/// <summary>What all runs share.</summary>
internal sealed record OrchestrationServices(IDurableFunctions Functions, DataConverter Converter, ILoggerFactory Loggers)
{
    public EntityMethods EntityMethods { get; } = new();
}
