using System.ComponentModel.DataAnnotations;

namespace Platform.Databases;

/// <summary>Section <c>Databases</c>.</summary>
public sealed class DatabaseOptions
{
    public const string Section = "Databases";

    /// <summary>Databases that a project can have.</summary>
    [Range(1, 1000)]
    public int MaxPerProject { get; init; } = 20;

    /// <summary>Mebibytes that a database of the engine <c>sqlite</c> may grow to when its maker does not say.</summary>
    [Range(1, 10_240)]
    public int SqliteMaxSizeMb { get; init; } = 512;

    /// <summary>Queries that run at once on one database; more are refused.</summary>
    [Range(1, 100)]
    public int MaxConcurrentQueries { get; init; } = 10;

    /// <summary>Queries that run at once in this process, on whatever databases; more are refused.</summary>
    [Range(1, 1000)]
    public int MaxConcurrentQueriesPerHost { get; init; } = 100;

    /// <summary>Mebibytes that SQLite may use in this process before queries are ended.</summary>
    [Range(64, 65_536)]
    public int MaxMemoryMb { get; init; } = 512;

    /// <summary>Mebibytes that a database of the engine <c>postgresql</c> may grow to when its maker does not say.</summary>
    [Range(1, 10_240)]
    public int PostgresMaxSizeMb { get; init; } = 1024;

    /// <summary>Connection string of an administrator of the PostgreSQL server for managed databases: a role with CREATEDB and CREATEROLE that is no superuser. Null: the engine is not offered.</summary>
    public string? PostgresConnection { get; init; }

    /// <summary>Host under which clients reach that server; null: it is not meant to be reached from outside.</summary>
    public string? PostgresPublicHost { get; init; }

    /// <summary>Port of <see cref="PostgresPublicHost"/>.</summary>
    [Range(1, 65_535)]
    public int PostgresPublicPort { get; init; } = 5432;

    /// <summary>How clients are told to connect: <c>disable</c>, <c>prefer</c>, <c>require</c>, <c>verify-ca</c> or <c>verify-full</c>.</summary>
    [AllowedValues("disable", "prefer", "require", "verify-ca", "verify-full")]
    public string PostgresPublicSslMode { get; init; } = "require";

    /// <summary>Folder of <c>pg_dump</c> and <c>pg_restore</c>, which must not be older than the server; null: they are looked for in the path.</summary>
    public string? PostgresTools { get; init; }

    /// <summary>Folder of the databases of the engine <c>sqlite</c>; null: <c>databases</c> in the data directory. Nodes that serve them share it.</summary>
    public string? Directory { get; init; }
}
