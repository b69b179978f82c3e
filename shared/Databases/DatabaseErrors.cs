using Platform.Identity;

namespace Platform.Databases;

/// <summary>Refusals about managed databases.</summary>
public static class DatabaseErrors
{
    public static readonly Error NotFound = Error.NotFound("database.not_found", "Database not found");
    public static readonly Error TableNotFound = Error.NotFound("database.not_found", "Table not found");
    public static readonly Error ProjectNotFound = Error.NotFound("database.not_found", "Project not found");
    public static readonly Error ProjectArchived = Error.Conflict("database.project_archived", "The project is archived");
    public static readonly Error NameTaken = Error.Conflict("database.name_taken", "The project has a database of this name already");
    public static readonly Error DeletionProtected = Error.Conflict("database.deletion_protected", "The database is protected against deletion");
    public static readonly Error Busy = Error.Conflict("database.database_not_available", "The database is being created or restored");
    public static readonly Error SizeLimit = Error.Conflict("database.size_limit", "The database would be larger than its maximum size");
    public static readonly Error ReadOnly = Error.Conflict("database.read_only", "The database is read-only");
    public static readonly Error EngineUnavailable = Error.Invalid("database.engine_unavailable", "This installation has no server for this engine");

    public static readonly Error NoPassword =
        Error.Invalid(Problem.Body("resetPassword", "A database of this engine has no password", "value_error"));

    public static readonly Error ServerNotSetUp = Error.Conflict("database.engine_unavailable", "The server of this engine is not set up for managed databases");

    public static readonly Error ServerUnavailable =
        new(ErrorKind.Unavailable, "database.unavailable", "The server of the database does not answer") { RetryAfter = TimeSpan.FromSeconds(5) };

    public static readonly Error TooManyQueries =
        new(ErrorKind.RateLimited, "database.too_many_queries", "Too many queries are running at once") { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>A token shows credentials only when its scopes name the permission itself.</summary>
    public static readonly Error CredentialsUnnamed = PermissionErrors.Missing(Permissions.DatabasesCredentials, fromToken: true);

    public static Error LimitReached(int maximum) => Error.Conflict("database.database_limit", $"A project can have at most {maximum} databases");

    public static Error NotAvailable(DatabaseStatus status) =>
        Error.Conflict("database.database_not_available", $"The database is not available: its status is {Platform.Data.EnumWords<DatabaseStatus>.ToWord(status)}");

    public static Error TimeoutTooLong(int most) =>
        Error.Invalid(Problem.Body("timeoutMs", $"Input should be less than or equal to {most}, the database's statementTimeoutMs", "less_than_equal"));
}
