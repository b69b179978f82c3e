using EmbeddedFunctions.DurableTask;
using EmbeddedFunctions.DurableTask.Client;
using EmbeddedFunctions.DurableTask.Converters;

namespace EmbeddedFunctions.TestKit;

/// <summary>How a scripted run ended.</summary>
public sealed class ScriptedOutcome
{
    internal ScriptedOutcome(OrchestrationRuntimeStatus status, IReadOnlyList<ScriptedCall> calls) => (Status, Calls) = (status, calls);

    /// <summary>Completed or Failed; Running when it has continued as new.</summary>
    public OrchestrationRuntimeStatus Status { get; }

    /// <summary>It asked to start over; <see cref="SerializedOutput"/> is then the next input.</summary>
    public bool IsContinuedAsNew { get; internal init; }

    /// <summary>Everything that it has asked for, in that order; each attempt of a retried activity counts.</summary>
    public IReadOnlyList<ScriptedCall> Calls { get; }

    /// <summary>How much of the orchestration's time has passed.</summary>
    public TimeSpan Duration { get; internal init; }

    public TaskFailureDetails? Failure { get; internal init; }

    /// <summary>JSON: the result, or the input of the next generation.</summary>
    public string? SerializedOutput { get; internal init; }

    /// <summary>JSON.</summary>
    public string? SerializedCustomStatus { get; internal init; }

    public T? ReadOutputAs<T>() => JsonDataConverter.Default.Deserialize<T>(SerializedOutput);
}
