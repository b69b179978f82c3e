using System.Collections.Frozen;
using SQLitePCL;

namespace Platform.Databases;

/// <summary>
/// Decides what users' SQL may do, statement part by statement part, as SQLite's authorizer. What it does not know is refused. Reading SQL may only read; the file is
/// opened for reading besides, so either alone would hold.
/// </summary>
internal sealed class SqliteGuard(bool reads)
{
    private static readonly FrozenSet<string> Pragmas = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list", "foreign_key_check", "foreign_keys", "integrity_check", "quick_check",
        "user_version", "application_id", "encoding", "page_count", "page_size", "freelist_count", "collation_list", "function_list", "compile_options", "optimize",
        "data_version"); // FTS5 asks for it when it reads

    private static readonly FrozenSet<string> PragmasThatSet = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "foreign_keys", "user_version", "application_id");

    private static readonly FrozenSet<string> Functions = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "load_extension", "fts3_tokenizer", "readfile", "writefile", "edit");

    private static readonly FrozenSet<string> Modules = FrozenSet.Create(StringComparer.OrdinalIgnoreCase, "fts3", "fts4", "fts5", "rtree", "rtree_i32", "geopoly");

    /// <summary>What was refused last, in words.</summary>
    public string? Refused { get; private set; }

    /// <summary>The platform's own statement runs, which begins or ends a transaction.</summary>
    public bool IsOwn { get; set; }

    /// <summary>A lone plain <c>VACUUM</c> runs: it attaches a nameless database and begins a transaction through the same callback.</summary>
    public bool IsVacuum { get; set; }

    /// <summary>Called by SQLite; must not throw.</summary>
    public int Decide(int action, string? first, string? second)
    {
        if (IsOwn || Refusal(action, first, second) is not { } refusal)
            return raw.SQLITE_OK;
        Refused = refusal;
        return raw.SQLITE_DENY;
    }

    private string? Refusal(int action, string? first, string? second) => action switch
    {
        raw.SQLITE_SELECT or raw.SQLITE_READ or raw.SQLITE_RECURSIVE => null,
        raw.SQLITE_FUNCTION => second is not null && Functions.Contains(second) ? $"The function {second}" : null,
        raw.SQLITE_PRAGMA => PragmaRefusal(first ?? "", second),
        raw.SQLITE_TRANSACTION => IsVacuum && first == "BEGIN" ? null : "A transaction of its own",
        raw.SQLITE_SAVEPOINT => "A transaction of its own",
        raw.SQLITE_ATTACH => IsVacuum && first is "" ? null : "ATTACH",
        raw.SQLITE_DETACH => null,
        raw.SQLITE_CREATE_VTABLE when second is null || !Modules.Contains(second) => "A virtual table of this module",
        >= raw.SQLITE_CREATE_INDEX and <= raw.SQLITE_CREATE_VTABLE or raw.SQLITE_DROP_VTABLE => reads ? "SQL that writes in a reading query" : null,
        _ => "This statement",
    };

    private string? PragmaRefusal(string name, string? argument)
    {
        var takesArgument = PragmasThatSet.Contains(name) || name.EndsWith("_info", StringComparison.OrdinalIgnoreCase)
            || name.EndsWith("_xinfo", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_list", StringComparison.OrdinalIgnoreCase) || name.EndsWith("_check", StringComparison.OrdinalIgnoreCase);
        if (!Pragmas.Contains(name) || (argument is not null && !takesArgument))
            return $"PRAGMA {name}";
        var writes = name.Equals("optimize", StringComparison.OrdinalIgnoreCase)
            || (argument is not null && PragmasThatSet.Contains(name) && !name.Equals("foreign_keys", StringComparison.OrdinalIgnoreCase));
        return reads && writes ? "SQL that writes in a reading query" : null;
    }
}
