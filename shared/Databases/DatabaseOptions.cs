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

    /// <summary>Folder of the databases of the engine <c>sqlite</c>; null: <c>databases</c> in the data directory. Nodes that serve them share it.</summary>
    public string? Directory { get; init; }
}
