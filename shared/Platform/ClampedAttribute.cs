namespace Platform;

/// <summary>Bounds of a whole number in a query of the families whose contracts clamp; the others refuse what is out of range, with <c>[Range]</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ClampedAttribute(int minimum, int maximum) : Attribute
{
    public int Minimum { get; } = minimum;

    public int Maximum { get; } = maximum;

    /// <summary>What is no number counts as absent instead of being refused.</summary>
    public bool SkipsText { get; init; }
}
