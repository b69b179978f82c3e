namespace Platform.Tests.Fixtures;

/// <summary>
/// The system's clock set forward: for whole apps, whose many timers would all have to be run through by a fake clock. Timers and elapsed times stay real.
/// </summary>
public sealed class ShiftedClock : TimeProvider
{
    private long _ticks;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ticks, by.Ticks);

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref _ticks));
}
