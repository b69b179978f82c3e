namespace EmbeddedFunctions.DurableTask.Client;

/// <summary>How many instances a purge removed, and whether it came to the end of what it was asked to remove.</summary>
public class PurgeResult(int count, bool? isComplete)
{
    public PurgeResult(int count)
        : this(count, null)
    {
    }

    public int PurgedInstanceCount { get; } = count;

    public bool? IsComplete { get; } = isComplete;
}
