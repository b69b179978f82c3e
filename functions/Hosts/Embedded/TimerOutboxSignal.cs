using EmbeddedFunctions.Hosting;

using Platform.Data;
using Platform.Functions.Events;

namespace Platform.Functions.Hosts;

/// <summary>Runs the relay's timer function at once on this node.</summary>
internal sealed class TimerOutboxSignal(ITimerSignal timers) : IOutboxSignal
{
    public void Wake() => timers.Run(RelayFunctions.RelayOutbox);
}
