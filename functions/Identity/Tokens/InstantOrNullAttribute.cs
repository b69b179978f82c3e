using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Platform.Functions.Identity;

/// <summary>A member that may be absent, null or a time, where absent and null mean different things.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class InstantOrNullAttribute : ValidationAttribute
{
    public InstantOrNullAttribute()
        : base("Input should be a valid datetime")
    {
    }

    public override bool IsValid(object? value) => value is not JsonElement element
        || element.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null
        || (element.ValueKind == JsonValueKind.String && WireTime.TryParse(element.GetString(), out _));
}
