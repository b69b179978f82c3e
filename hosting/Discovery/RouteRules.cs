using Microsoft.AspNetCore.Routing.Patterns;

namespace EmbeddedFunctions.Discovery;

/// <summary>What the official host refuses in routes is refused here at the start, where it is cheap to see.</summary>
internal static class RouteRules
{
    // The Azure deployment's front door rewrites this one.
    private const string Allowed = "runtime/models";

    public static RoutePattern? Parse(string route, out string? problem)
    {
        var trimmed = route.Trim('/');
        problem = Refuse(trimmed);
        if (problem is not null)
            return null;

        try
        {
            return RoutePatternFactory.Parse(trimmed);
        }
        catch (RoutePatternException e)
        {
            problem = $"route '{route}' is not valid: {e.Message}";
            return null;
        }
    }

    private static string? Refuse(string route)
    {
        if (route.Length == 0)
            return "the route is empty; the official host then fails every call (use '{*path}')";

        var first = route.Split('/')[0];
        var reserved = first.StartsWith("admin", StringComparison.OrdinalIgnoreCase) || first.StartsWith("runtime", StringComparison.OrdinalIgnoreCase);
        return reserved && !route.Equals(Allowed, StringComparison.OrdinalIgnoreCase)
            ? $"route '{route}' begins with '{first}'; 'admin' and 'runtime' belong to the host"
            : null;
    }
}
