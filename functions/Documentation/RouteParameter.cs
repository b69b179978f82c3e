using System.Text.RegularExpressions;

namespace Platform.Functions.Documentation;

/// <summary>A parameter of a route template such as <c>api/x/{id:guid}/{*path}</c>.</summary>
internal sealed partial record RouteParameter(string Name, string? Constraint, bool IsCatchAll)
{
    /// <summary>The template as an OpenAPI path: constraints left out, the star of a catch-all kept.</summary>
    public static string PathOf(string route) => "/" + Parameter().Replace(route, match => $"{{{(match.Groups["star"].Length > 0 ? "*" : "")}{match.Groups["name"].Value}}}");

    public static IEnumerable<RouteParameter> In(string route) =>
        Parameter().Matches(route).Select(match => new RouteParameter(
            match.Groups["name"].Value, match.Groups["constraint"] is { Success: true } constraint ? constraint.Value : null, match.Groups["star"].Length > 0));

    [GeneratedRegex(@"\{(?<star>\*{0,2})(?<name>\w+)(?::(?<constraint>[^{}=?]+))?(?:=[^{}]*)?\??\}", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Parameter();
}
