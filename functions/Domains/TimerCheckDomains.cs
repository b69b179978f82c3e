using Platform.Domains;

namespace Platform.Functions.Domains;

/// <summary>Looks for the records of domains.</summary>
public sealed class TimerCheckDomains(DueDomains domains)
{
    /// <summary>Check the domains whose time has come.</summary>
    [Function("Timer_CheckDomains")]
    public Task RunAsync([TimerTrigger("0 */5 * * * *")] TimerInfo timer, CancellationToken ct) => domains.CheckAsync(ct);
}
