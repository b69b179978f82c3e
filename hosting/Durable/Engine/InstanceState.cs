using EmbeddedFunctions.Durable.Storage;
using EmbeddedFunctions.DurableTask.Client;

namespace EmbeddedFunctions.Durable;

/// <summary>An instance in memory as of its last checkpoint, with its coroutine.</summary>
internal sealed class InstanceState
{
    private InstanceState(InstanceHeader header, OrchestrationRuntimeStatus status, OrchestrationRun run, int checkpoints)
    {
        Header = header;
        Status = status;
        Run = run;
        Checkpoints = checkpoints;
    }

    public InstanceHeader Header { get; }

    public OrchestrationRuntimeStatus Status { get; set; }

    public OrchestrationRun Run { get; }

    /// <summary>How many checkpoints the generation has; the number of the next one.</summary>
    public int Checkpoints { get; set; }

    public bool IsFinished => NewInstance.Finished.Contains(Status);

    public static InstanceState New(InstanceHeader header, OrchestrationServices services, Action violated) =>
        new(header, OrchestrationRuntimeStatus.Pending, new OrchestrationRun(header, services, violated), 0);

    /// <summary>Rebuilds the coroutine by replay of the stored history.</summary>
    public static InstanceState Load(LoadedInstance loaded, OrchestrationServices services, Action violated)
    {
        var (header, status) = (loaded.Instance.Header, loaded.Instance.Status);
        var run = new OrchestrationRun(header, services, violated) { CustomStatus = loaded.Instance.CustomStatus };
        var state = new InstanceState(header, status, run, loaded.History.Count);
        if (!state.IsFinished)
            run.Replay([.. loaded.History.SelectMany(HistoryJson.ReadEvents)]);
        return state;
    }

    /// <summary>The next generation: fresh code that has been given the events which the last one left unprocessed.</summary>
    public InstanceState Restarted(InstanceHeader next, List<EventRaised> unprocessed, OrchestrationServices services, Action violated)
    {
        var run = new OrchestrationRun(next, services, violated) { CustomStatus = Run.CustomStatus };
        run.Replay([.. unprocessed]);
        return new InstanceState(next, OrchestrationRuntimeStatus.Running, run, 1);
    }
}
