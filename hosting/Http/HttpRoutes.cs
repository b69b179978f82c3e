using EmbeddedFunctions.Discovery;
using EmbeddedFunctions.Worker;
using Microsoft.AspNetCore.Routing.Patterns;

namespace EmbeddedFunctions.Http;

internal static class HttpRoutes
{
    /// <summary>The whole route template, without a slash at either end.</summary>
    public static string Of(DiscoveredFunction function, string prefix)
    {
        var route = (((HttpTriggerAttribute)function.Trigger).Route ?? function.Name).Trim('/');
        return prefix.Length == 0 ? route : $"{prefix}/{route}";
    }

    /// <summary>Upper-case methods; empty for all.</summary>
    public static string[] Methods(DiscoveredFunction function) =>
        ((HttpTriggerAttribute)function.Trigger).Methods is { } methods ? Array.ConvertAll(methods, m => m.ToUpperInvariant()) : [];

    /// <summary>Throws <see cref="InvalidOperationException"/> when two functions claim the same requests; routing would find out only when such a request comes.</summary>
    public static void RefuseDuplicates(FunctionCatalog catalog, string prefix)
    {
        var claimed = new Dictionary<(string Shape, string Method), string>();
        foreach (var function in catalog.Of(TriggerKind.Http))
        {
            var shape = Shape(RoutePatternFactory.Parse(Of(function, prefix)));
            var methods = Methods(function) is { Length: > 0 } some ? some : ["*"];
            foreach (var method in methods)
            {
                if (!claimed.TryAdd((shape, method), function.Name))
                    throw new InvalidOperationException($"{function.Name} and {claimed[(shape, method)]} have the same route: {method} /{Of(function, prefix)}.");
            }
        }
    }

    // Parameters are equal whatever their names; constraints and catch-alls tell them apart.
    private static string Shape(RoutePattern pattern) => string.Join('/', pattern.PathSegments.Select(s => string.Concat(s.Parts.Select(Part)))).ToLowerInvariant();

    private static string Part(RoutePatternPart part) => part switch
    {
        RoutePatternLiteralPart literal => literal.Content,
        RoutePatternSeparatorPart separator => separator.Content,
        RoutePatternParameterPart parameter => $"{{{(parameter.IsCatchAll ? "*" : "")}{(parameter.IsOptional ? "?" : "")}:{string.Join(':', parameter.ParameterPolicies.Select(p => p.Content))}}}",
        _ => "",
    };
}
