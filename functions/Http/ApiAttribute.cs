namespace Platform.Functions.Http;

/// <summary>The family whose wire form the operations of a function class have.</summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class ApiAttribute(Family family) : Attribute
{
    public Family Family { get; } = family;
}
