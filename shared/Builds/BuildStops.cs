namespace Platform.Builds;

/// <summary>What can end a build's work early. The first that is found counts, in this order: lost, cancelled, too large, out of time.</summary>
internal sealed class BuildStops(CancellationToken cancelled, CancellationToken hostStops) : IDisposable
{
    private readonly CancellationTokenSource _lost = CancellationTokenSource.CreateLinkedTokenSource(hostStops);
    private readonly CancellationTokenSource _full = new();
    private CancellationTokenSource? _time;

    public WorkEnd End => _lost.IsCancellationRequested ? WorkEnd.Lost
        : cancelled.IsCancellationRequested ? WorkEnd.Cancelled
        : _full.IsCancellationRequested ? WorkEnd.Full
        : _time?.IsCancellationRequested == true ? WorkEnd.TimedOut : WorkEnd.None;

    public CancellationToken Lost => _lost.Token;

    /// <summary>The work may go on only so long.</summary>
    public void LimitTime(TimeSpan most, TimeProvider clock) => _time = new CancellationTokenSource(most, clock);

    public CancellationTokenSource Link() => CancellationTokenSource.CreateLinkedTokenSource(cancelled, _lost.Token, _full.Token, _time?.Token ?? CancellationToken.None);

    public void Lose() => _lost.Cancel();

    public void Fill() => _full.Cancel();

    public void Dispose()
    {
        _lost.Dispose();
        _full.Dispose();
        _time?.Dispose();
    }
}
