using System.Text;
using Platform.Data;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.RateLimits;

namespace Platform.Tests.Documentation;

/// <summary>Writes <c>docs/permissions.md</c> from the operation catalogue and the permission registry.</summary>
internal static class PermissionMatrix
{
    private const string Head = """
        # Permissions

        Written by a test from the operation catalogue and the permission registry; `docs/testing.md` says how to write it again. Who holds a name: the built-in role given here and every higher one of its kind,
        in order viewer, member, admin, owner, and on a project project_viewer, project_editor, project_admin (members and viewers hold what project_viewer holds, admins and owners what project_admin holds).
        `self` is everybody for himself, `operator` the platform role admin in a session. Custom roles may add any name that is not an operator's. An access token needs the name among its scopes.

        """;

    public static string Write(OperationCatalog catalog)
    {
        var text = new StringBuilder(Head);
        foreach (var family in catalog.All.Where(operation => operation.Name != FallbackFunctions.Name).GroupBy(operation => operation.Family).OrderBy(group => group.Key))
        {
            text.Append($"\n## Operations: {family.Key.ToString().ToLowerInvariant()}\n\n| method | path | permission | lowest role | credential | rate |\n|---|---|---|---|---|---|\n");
            foreach (var operation in family.OrderBy(operation => operation.Route, StringComparer.Ordinal).ThenBy(operation => operation.Methods[0], StringComparer.Ordinal))
                text.Append($"| {string.Join(' ', operation.Methods)} | `/{operation.Route}` | {NameOf(operation)} | {RoleOf(operation)} | {CredentialOf(operation)} | {EnumWords<Rate>.ToWord(operation.Rate)} |\n");
        }

        text.Append("\n## Names\n\n| name | lowest role | allows to |\n|---|---|---|\n");
        foreach (var entry in PermissionRegistry.All)
            text.Append($"| `{entry.Name}` | {RoleOf(entry.Holder)} | {entry.Description} |\n");
        return text.ToString();
    }

    private static string NameOf(Operation operation) => operation.IsPublic ? "–" : $"`{operation.Permission}`";

    private static string RoleOf(Operation operation)
    {
        if (operation.NeedsOperator)
            return "operator";
        return operation.IsPublic ? "–" : RoleOf(PermissionRegistry.All.First(entry => entry.Name == operation.Permission).Holder);
    }

    private static string CredentialOf(Operation operation) => operation.Auth switch
    {
        _ when operation.NeedsOperator => "operator's session",
        Auth.SessionOnly => "session",
        Auth.BearerOnly => "bearer",
        Auth.ApiKeyOrUser => "session, token, API key",
        Auth.JobKey => "job key",
        Auth.Worker => "worker",
        _ => operation.IsPublic ? "none" : "session, token",
    };

    private static string RoleOf(PermissionHolder holder) => holder == PermissionHolder.Platform ? "operator" : EnumWords<PermissionHolder>.ToWord(holder);
}
