namespace Platform.Databases;

/// <summary>
/// The names of a database's objects on the server (delivery.md §8.2). They hold ids only, since every tenant can read the server's catalogues, and nothing that would have
/// to be quoted.
/// </summary>
internal readonly record struct PostgresNames(Guid Id)
{
    public const string Pattern = "^mdb_[0-9a-f]{32}";

    private const int IdDigits = 12;

    /// <summary>The role that owns the database, which its users get.</summary>
    public string Owner => $"mdb_{Id:N}";

    /// <summary>The role that reads, which only the platform uses.</summary>
    public string Reader => $"{Owner}_ro";

    public string Database => Owner;

    /// <summary>What a restore, or the making of the database, replaced, until it is dropped.</summary>
    public string Replaced(Guid id) => $"{Owner}_o{Digits(id)}";

    /// <summary>What an attempt makes before it takes the database's place.</summary>
    public string Staged(Guid attemptId) => $"{StagedBeginning}{Digits(attemptId)}";

    /// <summary>How the names of all attempts' begin.</summary>
    public string StagedBeginning => $"{Owner}_r";

    private static string Digits(Guid id) => id.ToString("N")[^IdDigits..];
}
