using Platform.Events;

namespace Platform.Databases;

/// <summary>What events tell of a database.</summary>
public sealed record DatabaseSummary(Guid Id, string Name, DatabaseEngine Engine, Guid ProjectId);

/// <summary>Events about one managed database. They tell its name, never what is in it.</summary>
public abstract record DatabaseEvent(DatabaseSummary Database) : DomainEvent
{
    public override string Topic => "database_events";

    public override string? AggregateId => Database.Id.ToString();

    public override string Service => "database-service";
}

/// <summary>It answers queries from now on.</summary>
public sealed record DatabaseCreated(DatabaseSummary Database) : DatabaseEvent(Database)
{
    public override string EventType => "database.created";

    public static DatabaseCreated Of(ManagedDatabase database) => new(new DatabaseSummary(database.Id, database.Name, database.Engine, database.ProjectId))
    {
        OrganizationId = database.OrganizationId,
        ProjectId = database.ProjectId,
    };
}

/// <summary>It is gone with all that was in it.</summary>
public sealed record DatabaseDeleted(DatabaseSummary Database) : DatabaseEvent(Database)
{
    public override string EventType => "database.deleted";

    public static DatabaseDeleted Of(ManagedDatabase database) => new(new DatabaseSummary(database.Id, database.Name, database.Engine, database.ProjectId))
    {
        OrganizationId = database.OrganizationId,
        ProjectId = database.ProjectId,
    };
}
