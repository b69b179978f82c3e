namespace Platform.Tests.Fixtures;

/// <summary>A clock on which everything goes faster by the same factor, timers too: for whole apps in which long pauses have to pass.</summary>
public sealed class FastClock(int factor) : TimeProvider
{
    private readonly DateTimeOffset _began = TimeProvider.System.GetUtcNow();
    private readonly long _beganAt = TimeProvider.System.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => _began + (TimeProvider.System.GetElapsedTime(_beganAt) * factor);

    public override long GetTimestamp() => _beganAt + ((TimeProvider.System.GetTimestamp() - _beganAt) * factor);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new FastTimer(this, callback, state, dueTime, period);

    private TimeSpan Shorten(TimeSpan time) => time == Timeout.InfiniteTimeSpan ? time : time / factor;

    private sealed class FastTimer(FastClock clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) : ITimer
    {
        private readonly ITimer _timer = TimeProvider.System.CreateTimer(callback, state, clock.Shorten(dueTime), clock.Shorten(period));

        public bool Change(TimeSpan dueTime, TimeSpan period) => _timer.Change(clock.Shorten(dueTime), clock.Shorten(period));

        public void Dispose() => _timer.Dispose();

        public ValueTask DisposeAsync() => _timer.DisposeAsync();
    }
}
