using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Template;

namespace Platform.Functions.Http;

/// <summary>Which methods a path takes, from the operation catalogue; asked only when no function served the request.</summary>
public sealed class RouteTable(OperationCatalog operations)
{
    private readonly List<(TemplateMatcher Matcher, RouteTemplate Template, Operation Operation)> _routes =
        [.. operations.All.Where(operation => operation.Name != FallbackFunctions.Name).Select(Compile)];

    /// <summary>The methods of every operation whose route takes the path; empty when none does.</summary>
    public IReadOnlyCollection<string> MethodsOf(PathString path)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (matcher, template, operation) in _routes)
        {
            var values = new RouteValueDictionary();
            if (matcher.TryMatch(path, values) && Satisfies(template, values))
                methods.UnionWith(operation.Methods);
        }
        return methods;
    }

    private static (TemplateMatcher Matcher, RouteTemplate Template, Operation Operation) Compile(Operation operation)
    {
        var template = TemplateParser.Parse(operation.Route);
        return (new TemplateMatcher(template, []), template, operation);
    }

    private static bool Satisfies(RouteTemplate template, RouteValueDictionary values)
    {
        foreach (var parameter in template.Parameters)
        {
            var text = values[parameter.Name!] as string ?? "";
            foreach (var constraint in parameter.InlineConstraints)
            {
                if ((constraint.Constraint == "guid" && !Guid.TryParse(text, out _)) || (constraint.Constraint == "int" && !int.TryParse(text, out _)))
                    return false;
            }
        }
        return true;
    }
}
