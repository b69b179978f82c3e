namespace EmbeddedFunctions.DurableTask;

/// <summary>How an orchestration starts over with an empty history.</summary>
public class ContinueAsNewOptions
{
    public object? NewInput { get; set; }

    public string? NewVersion { get; set; }

    /// <summary>Whether external events that nobody has awaited yet go along; they do by default.</summary>
    public bool PreserveUnprocessedEvents { get; set; } = true;
}
