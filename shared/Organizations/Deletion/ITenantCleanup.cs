namespace Platform.Organizations;

/// <summary>What is to be cleaned up: an organization, or only one of its projects.</summary>
public sealed record TenantScope(Guid OrganizationId, Guid? ProjectId);

/// <summary>When a step of a clean-up runs; the steps of one stage before those of the next.</summary>
public enum CleanupStage
{
    /// <summary>Schedules, runs, instances: nothing may go on or begin.</summary>
    StopWork,

    /// <summary>Databases, sandboxes, blobs: what lives outside the platform's rows and is found through them.</summary>
    DropResources,

    DeleteRows,

    /// <summary>Rows of users that are left go to their personal organizations.</summary>
    HandOver,
}

/// <summary>
/// An area's part of deleting an organization or purging a project. Runs in the name of the organization, at least once and perhaps again after a crash, so that each call
/// does one batch that it may find half done.
/// </summary>
public interface ITenantCleanup
{
    /// <summary>Unique; part of the durable history, so it does not change.</summary>
    string Name { get; }

    CleanupStage Stage { get; }

    /// <summary>One batch of at most a thousand rows; true when more may be left.</summary>
    Task<bool> CleanAsync(TenantScope tenant, CancellationToken ct);
}
