namespace Platform.Databases;

/// <summary>The durable orchestration that makes a database.</summary>
public static class DatabaseProvision
{
    public const string Name = "DatabaseProvision";

    public static string InstanceId(Guid databaseId) => $"db-create-{databaseId}";

    public sealed record Input(Guid OrganizationId, Guid DatabaseId, string? CorrelationId);
}

/// <summary>The durable orchestration that removes a database and all that belongs to it.</summary>
public static class DatabaseDeletion
{
    public const string Name = "DatabaseDeletion";

    /// <param name="attempt">How often it was begun: an attempt that failed for good is followed by another instance.</param>
    public static string InstanceId(Guid databaseId, int attempt) => $"db-delete-{databaseId}-{attempt}";

    /// <param name="FinalBackupId">To be made first.</param>
    public sealed record Input(Guid OrganizationId, Guid DatabaseId, Guid? FinalBackupId, string? CorrelationId);
}
