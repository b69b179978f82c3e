using System.Text.Json.Serialization;

namespace Platform.Databases;

/// <summary>How a database is reached.</summary>
[JsonDerivedType(typeof(EmbeddedConnection))]
[JsonDerivedType(typeof(ServerConnection))]
public abstract record DatabaseConnection;

/// <summary>Through the platform only.</summary>
public sealed record EmbeddedConnection(string Type) : DatabaseConnection
{
    public static readonly EmbeddedConnection Instance = new("embedded");
}

/// <summary>By clients of the engine's server; <paramref name="Host"/> and <paramref name="Uri"/> are null when the server is not meant to be reached from outside.</summary>
public sealed record ServerConnection(string? Host, int Port, string Database, string Username, string Password, string SslMode, string? Uri) : DatabaseConnection;
