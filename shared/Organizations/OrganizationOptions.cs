using System.ComponentModel.DataAnnotations;

namespace Platform.Organizations;

/// <summary>Section <c>Organizations</c>.</summary>
public sealed class OrganizationOptions
{
    public const string Section = "Organizations";

    /// <summary>Whether users may make organizations beside their personal one.</summary>
    public bool CreationEnabled { get; set; } = true;

    /// <summary>Organizations that one user may own; his personal one is not counted.</summary>
    [Range(0, 10_000)]
    public int MaxOwnedPerUser { get; set; } = 20;

    /// <summary>Projects of one organization, deleted ones not counted.</summary>
    [Range(1, 10_000)]
    public int MaxProjects { get; set; } = 200;

    /// <summary>Invitations of one organization that wait for an answer.</summary>
    [Range(1, 10_000)]
    public int MaxOpenInvitations { get; set; } = 100;

    [Range(1, 90)]
    public int InvitationDays { get; set; } = 7;

    /// <summary>How long invitations that are over stay listed.</summary>
    [Range(1, 3650)]
    public int ClosedInvitationDays { get; set; } = 90;

    /// <summary>How long the rows of a deleted project are kept.</summary>
    [Range(1, 3650)]
    public int DeletedProjectDays { get; set; } = 30;
}
