using Platform.Health;

namespace Platform.Functions.Health;

/// <summary>Looks at the components twice a minute, so that an outage becomes an event when nobody asks for readiness.</summary>
public sealed class TimerProbeHealth(HealthProber prober)
{
    [Function("Health_Probe")]
    public Task RunAsync([TimerTrigger("*/30 * * * * *")] TimerInfo timer, [DurableClient] DurableTaskClient client, CancellationToken ct) => prober.ProbeAsync(client, ct);
}
