using Microsoft.AspNetCore.Http;

namespace Platform.Functions.Http;

/// <summary>The family whose envelope an unknown path gets.</summary>
internal static class FamilyPaths
{
    public static (Family Family, bool IsGateway) Of(PathString path)
    {
        var segments = (path.Value ?? "").Split('/', 4, StringSplitOptions.RemoveEmptyEntries);
        return segments switch
        {
            ["health", ..] => (Family.Executions, false),
            ["v1", ..] => (Family.Inference, true),
            ["api", "auth", "signin" or "callback" or "github" or "info" or "rate-limit" or "signout", ..] => (Family.Agents, false),
            ["api", var area, ..] => (OfArea(area), false),
            ["api"] => (Family.Checks, false),
            _ => (Family.Inference, false),
        };
    }

    private static Family OfArea(string area) => area switch
    {
        "v1" => Family.Executions,
        "builds" or "functions" or "security" or "analytics" or "alerts" or "team" or "databases" or "dev" or "settings" => Family.Delivery,
        "tasks" or "sandboxes" or "connectors" or "tokens" or "api-keys" or "github" or "github-stars" or "repos" or "vercel" or "mcp" => Family.Agents,
        _ => Family.Checks,
    };
}
