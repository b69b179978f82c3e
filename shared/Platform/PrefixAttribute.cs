namespace Platform;

/// <summary>A member of a query record that takes all parameters whose names begin so: their values by what follows in their names.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class PrefixAttribute(string text) : Attribute
{
    public string Text { get; } = text;
}
