namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>Code of an entity. Operations of one entity run one after the other; one that throws leaves no trace.</summary>
public interface ITaskEntity
{
    /// <summary>Runs one operation and returns the answer to its caller, if any.</summary>
    ValueTask<object?> RunAsync(TaskEntityOperation operation);
}
