using System.Reflection;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Discovery;

/// <summary>What happens to the function's result, or to one property of it.</summary>
internal sealed record OutputBinding(string Name, OutputBindingAttribute Attribute, PropertyInfo? Property)
{
    public const string Return = "$return";

    public static IReadOnlyList<OutputBinding> Of(MethodInfo method)
    {
        var outputs = new List<OutputBinding>();
        if (method.GetCustomAttribute<OutputBindingAttribute>() is { } whole)
            outputs.Add(new OutputBinding(Return, whole, Property: null));

        var result = ResultType(method);
        if (!result.IsClass || result == typeof(string) || result.Namespace?.StartsWith("Microsoft.", StringComparison.Ordinal) == true)
            return outputs;

        foreach (var property in result.GetProperties())
        {
            if (property.GetCustomAttribute<OutputBindingAttribute>() is { } attribute)
                outputs.Add(new OutputBinding(property.Name, attribute, property));
        }

        return outputs;
    }

    /// <summary>What the method gives in the end: <c>T</c> of a task of <c>T</c>, <c>void</c> of a plain task.</summary>
    public static Type ResultType(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(Task) || type == typeof(ValueTask))
            return typeof(void);
        if (type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(Task<>) || type.GetGenericTypeDefinition() == typeof(ValueTask<>)))
            return type.GetGenericArguments()[0];
        return type;
    }
}
