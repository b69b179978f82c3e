using Platform.Organizations;

namespace Platform.Functions.Organizations;

/// <summary>Ends what has run out its time in organizations.</summary>
public sealed class TimerSweepOrganizations(OrganizationSweep sweep)
{
    /// <summary>Expire invitations, delete those long closed, and have projects purged whose retention is over.</summary>
    [Function("Timer_SweepOrganizations")]
    public async Task RunAsync([TimerTrigger("0 7 * * * *")] TimerInfo timer, CancellationToken ct)
    {
        await sweep.ExpireInvitationsAsync(ct);
        await sweep.DeleteClosedInvitationsAsync(ct);
        await sweep.PurgeProjectsAsync(ct);
    }
}
