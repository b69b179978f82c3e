namespace Platform.Organizations;

/// <summary>The durable orchestration that removes what is left of a deleted organization.</summary>
public static class OrganizationDeletion
{
    public const string Name = "OrganizationDeletion";

    public static string InstanceId(Guid organizationId) => $"organization-deletion-{organizationId}";

    public sealed record Input(Guid OrganizationId, string? CorrelationId);
}
