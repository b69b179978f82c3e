using System.Globalization;
using System.Reflection;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Platform.Tests.Rules;

/// <summary>How the ids of orchestration instances are made: by <c>InstanceId</c> of the workflow's class in shared, and nowhere else.</summary>
internal static class WorkflowIds
{
    /// <summary>What all ids of the workflow begin with, found by making one.</summary>
    public static string PrefixOf(Type workflow)
    {
        var method = workflow.GetMethod("InstanceId", BindingFlags.Public | BindingFlags.Static)!;
        object[] arguments = [.. method.GetParameters().Select(parameter => Unusual(parameter.ParameterType))];
        var id = (string)method.Invoke(null, arguments)!;
        return id[..arguments.Select(argument => id.IndexOf(Convert.ToString(argument, CultureInfo.InvariantCulture)!, StringComparison.Ordinal)).Where(at => at >= 0).Min()];
    }

    /// <summary>Pairs of workflows of which one could make an id of the other.</summary>
    public static IEnumerable<string> Clashes(IReadOnlyCollection<Type> workflows)
    {
        var ids = workflows.Select(workflow => (Workflow: workflow, Prefix: PrefixOf(workflow))).ToList();
        foreach (var (workflow, prefix) in ids.Where(id => !id.Prefix.EndsWith('-')))
            yield return $"{workflow}: the prefix '{prefix}' does not end with '-'";
        foreach (var (one, other) in ids.SelectMany(one => ids.Where(other => other.Workflow != one.Workflow).Select(other => (one, other))))
        {
            if (other.Prefix.StartsWith(one.Prefix, StringComparison.Ordinal))
                yield return $"{one.Workflow} and {other.Workflow}: ids begin with '{one.Prefix}'";
        }
    }

    /// <summary>Starts and signals whose id is not made by <c>InstanceId</c> (of the workflow that is started).</summary>
    public static IEnumerable<string> MadeElsewhere(SourceFile file) => file.Root.DescendantNodes().OfType<InvocationExpressionSyntax>()
        .Where(call => call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "workflows" }, Name.Identifier.Text: "Start" or "Signal" })
        .Where(call => !IsWellMade(call))
        .Select(call => $"{file.Path}: {call}");

    private static bool IsWellMade(InvocationExpressionSyntax call)
    {
        var arguments = call.ArgumentList.Arguments.Select(argument => argument.Expression.ToString()).ToList();
        if (((MemberAccessExpressionSyntax)call.Expression).Name.Identifier.Text == "Signal")
            return arguments[0].Contains(".InstanceId(", StringComparison.Ordinal);
        return arguments is [var name, var id, ..] && name.EndsWith(".Name", StringComparison.Ordinal) && id.StartsWith($"{name[..^5]}.InstanceId(", StringComparison.Ordinal);
    }

    private static object Unusual(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => "\u0001",
        TypeCode.Int32 => int.MinValue,
        TypeCode.Int64 => long.MinValue,
        _ when type == typeof(Guid) => Guid.AllBitsSet,
        _ => throw new NotSupportedException($"Ids made from {type} are not known to the rules tests."),
    };
}
