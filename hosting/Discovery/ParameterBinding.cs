using System.Reflection;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Discovery;

/// <summary>A parameter and where its value comes from.</summary>
internal sealed record ParameterBinding(ParameterInfo Parameter, BindingKind Kind, BindingAttribute? Attribute)
{
    public FunctionParameter Describe() => new(
        Parameter.Name!,
        Parameter.ParameterType,
        Parameter.HasDefaultValue,
        Parameter.HasDefaultValue ? Parameter.DefaultValue : null,
        Attribute is null ? new Dictionary<string, object>() : new Dictionary<string, object> { ["bindingAttribute"] = Attribute });
}
