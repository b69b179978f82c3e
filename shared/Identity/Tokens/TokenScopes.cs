using System.Collections.Frozen;

namespace Platform.Identity;

/// <summary>
/// What the scopes of an access token stand for: registry names, wildcards (<see cref="PermissionPatterns"/>) and bundles. A few names that reveal secrets count
/// only when they are written out; no wildcard gives them to a token.
/// </summary>
public static class TokenScopes
{
    /// <summary>What <c>POST /api/tokens</c> gives without a wish.</summary>
    public static readonly IReadOnlyList<string> Default = [Permissions.TasksRead, Permissions.TasksWrite];

    /// <summary>What every API key of the inference family has.</summary>
    public static readonly IReadOnlyList<string> Inference = [Permissions.InferenceInvoke, "workbench"];

    /// <summary>What every key of a job has.</summary>
    public static readonly IReadOnlyList<string> Job = [Permissions.JobsTrigger, Permissions.RunsRead];

    private static readonly PermissionSet WrittenOutOnly = PermissionSet.Of(Permissions.DatabasesCredentials, Permissions.VariablesDecrypt);

    private static readonly string[] CheckedObjects = ["tests", "jobs", "monitors", "status_pages", "notification_providers", "tags", "variables"];

    private static readonly FrozenDictionary<string, string[]> Bundles = new Dictionary<string, string[]>
    {
        ["checks:read"] =
        [
            .. CheckedObjects.Select(thing => $"{thing}:read"), Permissions.RunsRead, Permissions.JobKeysRead,
            Permissions.OrganizationsRead, Permissions.ProjectsRead, Permissions.TeamRead, Permissions.AuditRead,
        ],
        ["checks:write"] =
        [
            .. CheckedObjects.SelectMany(thing => new[] { $"{thing}:create", $"{thing}:update", $"{thing}:delete" }),
            Permissions.MonitorsManage, Permissions.RunsDelete, Permissions.ProjectsUpdate, "job_keys:*",
        ],
        ["checks:run"] = [Permissions.TestsRun, Permissions.JobsTrigger, Permissions.RunsCancel],
        ["checks:secrets"] = [Permissions.VariablesDecrypt],
        ["workbench"] = [Permissions.WorkbenchRead, Permissions.WorkbenchWrite],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static bool IsKnown(string scope) => IsBundle(scope) || PermissionPatterns.IsKnown(scope);

    public static bool IsBundle(string scope) => Bundles.ContainsKey(scope);

    /// <summary>The names that the scopes stand for today; an unknown one, which a stored scope may have become, stands for none.</summary>
    public static PermissionSet Expand(IEnumerable<string> scopes) => scopes.Aggregate(PermissionSet.None, (set, scope) => set.Union(Expand(scope)));

    /// <summary>The names and wildcards that the scopes are written in, bundles taken apart.</summary>
    public static IReadOnlyList<string> PatternsOf(IEnumerable<string> scopes) =>
        [.. scopes.SelectMany(scope => Bundles.TryGetValue(scope, out var patterns) ? patterns : [scope])];

    /// <summary>Whether <paramref name="scopes"/> give all that <paramref name="scope"/> does, today and with names to come.</summary>
    public static bool Covers(IReadOnlyCollection<string> scopes, string scope)
    {
        if (scopes.Contains(scope))
            return true;
        if (Bundles.TryGetValue(scope, out var patterns))
            return Array.TrueForAll(patterns, pattern => Covers(scopes, pattern));
        return PermissionPatterns.IsWildcard(scope)
            ? PatternsOf(scopes).Any(pattern => PermissionPatterns.Covers(pattern, scope))
            : Expand(scopes).Contains(scope);
    }


    private static PermissionSet Expand(string scope)
    {
        if (Bundles.TryGetValue(scope, out var patterns))
            return Expand(patterns);
        var names = PermissionPatterns.Expand(scope);
        return PermissionPatterns.IsWildcard(scope) ? names.Except(WrittenOutOnly) : names;
    }
}
