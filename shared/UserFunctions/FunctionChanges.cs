namespace Platform.UserFunctions;

/// <summary>Tells this node of a change of a function; the others find it within a second.</summary>
public sealed class FunctionChanges(ActiveFunctions active, WorkerSignal signal)
{
    public void Tell(Guid functionId)
    {
        active.Forget(functionId);
        signal.Work.Set();
    }
}
