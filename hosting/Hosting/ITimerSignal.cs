namespace EmbeddedFunctions.Hosting;

/// <summary>Runs timer functions outside their schedule.</summary>
public interface ITimerSignal
{
    /// <summary>
    /// Runs the timer function at once on this node, without lease or schedule write. Signals that come while it runs are answered by one more run; none is lost.
    /// An unknown name throws <see cref="ArgumentException"/>; a signal before the host's start runs with it.
    /// </summary>
    void Run(string functionName);
}
