using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Extensions.Abstractions;

namespace EmbeddedFunctions.Discovery;

internal sealed class DiscoveredBinding(string name, BindingAttribute attribute, BindingDirection direction) : BindingMetadata
{
    public override string Name => name;

    public override string Type { get; } = TypeOf(attribute);

    public override BindingDirection Direction => direction;

    // function.json writes the attribute's name in camel case without the ending.
    private static string TypeOf(BindingAttribute attribute)
    {
        var type = attribute.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal).Replace("Output", "", StringComparison.Ordinal);
        return char.ToLowerInvariant(type[0]) + type[1..];
    }
}
