namespace EmbeddedFunctions.Startup;

/// <summary>Work that goes on until it is stopped, whatever goes wrong on the way: after an error it is logged and begun again.</summary>
internal static class LastingLoop
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <param name="round">What is done over and over; it waits for more work by itself.</param>
    /// <param name="failed">Logs what went wrong, before a pause of a second.</param>
    /// <param name="clock">Of the pause.</param>
    /// <param name="stop">Ends the loop, and the round when that looks at it.</param>
    public static async Task RunAsync(Func<Task> round, Action<Exception> failed, TimeProvider clock, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await round();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                failed(e);
                await Task.Delay(Pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
