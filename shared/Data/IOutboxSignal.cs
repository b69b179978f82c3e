namespace Platform.Data;

/// <summary>Called after a commit that stored events or workflow messages, so that the relay runs at once instead of at its next second. Must not block or throw.</summary>
public interface IOutboxSignal
{
    void Wake();
}

/// <summary>For hosts that cannot run a timer at will: the relay's own second is enough.</summary>
public sealed class TimerOnlySignal : IOutboxSignal
{
    public void Wake()
    {
    }
}
