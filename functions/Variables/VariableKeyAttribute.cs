using System.ComponentModel.DataAnnotations;

namespace Platform.Functions.Variables;

/// <summary>Names that a script's environment has already, or that the platform keeps for itself.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class VariableKeyAttribute : ValidationAttribute
{
    private const string ReservedPrefix = "PLATFORM_";
    private static readonly string[] Reserved = ["PATH", "HOME", "USER", "NODE_ENV", "PORT"];

    public VariableKeyAttribute()
        : base("This name is reserved")
    {
    }

    public override bool IsValid(object? value) => value is not string key || (!key.StartsWith(ReservedPrefix, StringComparison.Ordinal) && !Reserved.Contains(key));
}
