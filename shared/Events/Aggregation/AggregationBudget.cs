namespace Platform.Events.Aggregation;

/// <summary>What one run of a pipeline may use: events read, memory held, and time (by the token that ends with it).</summary>
internal sealed class AggregationBudget(CancellationToken limit)
{
    public const int MostEvents = 100_000;

    private const long MostHeld = 64 << 20;

    private int _events;
    private long _held;

    public void Check() => limit.ThrowIfCancellationRequested();

    public void CountEvent()
    {
        Check();
        if (++_events > MostEvents)
            throw TooMuch();
    }

    /// <summary>A stage keeps so many characters more; fewer when negative.</summary>
    public void Hold(long weight)
    {
        if ((_held += weight) > MostHeld)
            throw TooMuch();
    }

    private static PipelineRefusedException TooMuch() => new("Narrow the time range");
}
