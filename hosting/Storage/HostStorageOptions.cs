using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Storage;

/// <summary>Where the host keeps its state; section <c>Host:Storage</c>.</summary>
internal sealed class HostStorageOptions
{
    public const string Section = "Host:Storage";
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgres";

    /// <summary><c>sqlite</c> (default) or <c>postgres</c>.</summary>
    public string Provider { get; set; } = Sqlite;

    /// <summary>The PostgreSQL connection string; on SQLite optional, it then replaces the file below <see cref="Path"/>.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>The directory of the SQLite files; made when missing.</summary>
    public string Path { get; set; } = "data";

    public bool IsPostgres => Provider.Equals(Postgres, StringComparison.OrdinalIgnoreCase);

    /// <summary>The connection string of a SQLite file in <see cref="Path"/>. Its directory exists afterwards.</summary>
    public string SqliteConnectionString(string fileName)
    {
        if (!string.IsNullOrEmpty(ConnectionString))
            return ConnectionString;

        var directory = Directory.CreateDirectory(Path);
        return new SqliteConnectionStringBuilder { DataSource = System.IO.Path.Combine(directory.FullName, fileName) }.ToString();
    }

    public static HostStorageOptions From(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        var options = new HostStorageOptions
        {
            Provider = section[nameof(Provider)] ?? Sqlite,
            ConnectionString = section[nameof(ConnectionString)],
            Path = section[nameof(Path)] ?? "data",
        };
        if (!options.IsPostgres && !options.Provider.Equals(Sqlite, StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException($"{Section}:{nameof(Provider)} is '{options.Provider}'; it must be '{Sqlite}' or '{Postgres}'.");
        if (options.IsPostgres && string.IsNullOrEmpty(options.ConnectionString))
            throw new InvalidOperationException($"{Section}:{nameof(ConnectionString)} is missing; the provider '{Postgres}' needs it.");
        return options;
    }
}
