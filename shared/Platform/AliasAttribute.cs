namespace Platform;

/// <summary>Another name, as it is on the wire, under which a query parameter is also taken; the parameter's own name wins.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AliasAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
