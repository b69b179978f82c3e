namespace Platform.Organizations;

/// <summary>The durable orchestration that removes what is left of a project when its retention is over.</summary>
public static class ProjectPurge
{
    public const string Name = "ProjectPurge";

    public static string InstanceId(Guid projectId) => $"project-purge-{projectId}";

    public sealed record Input(Guid OrganizationId, Guid ProjectId, string? CorrelationId);
}
