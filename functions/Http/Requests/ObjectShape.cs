using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Functions.Http;

internal sealed class ObjectShape(JsonTypeInfo type, WireJson wire, Func<Type, TypeShape> shapes) : TypeShape
{
    private readonly Lazy<PropertyShape[]> _properties = new(() => [.. type.Properties
        .Where(IsInput)
        .Select(property => new PropertyShape(property, shapes))]);

    /// <summary>Whether an absent body counts as an empty object.</summary>
    public bool AllOptional => Array.TrueForAll(_properties.Value, property => !property.IsRequired);

    /// <summary>Computed members are not read.</summary>
    public static bool IsInput(JsonPropertyInfo property) => !property.IsExtensionData && (property.Set is not null || property.AssociatedParameter is not null);

    public override void Check(JsonElement element, ProblemList problems)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add("Input should be a valid dictionary or object", "value_error");
            return;
        }
        var before = problems.Count;
        foreach (var property in _properties.Value)
            property.Check(element, problems);
        if (problems.Count == before)
            return;
        foreach (var property in _properties.Value)
            property.CheckRulesAlone(element, wire.Reading, problems);
    }

    public override void CheckRules(object? value, ProblemList problems)
    {
        if (value is null)
            return;
        var before = problems.Count;
        ValidationContext? context = null;
        foreach (var property in _properties.Value)
            property.CheckRules(value, ref context, problems);
        if (value is not IValidatableObject validatable || problems.Count > before)
            return;
        foreach (var result in validatable.Validate(context ?? new ValidationContext(value)))
            Add(result, problems);
    }

    private void Add(ValidationResult result, ProblemList problems)
    {
        var message = result.ErrorMessage ?? "Value error";
        var named = false;
        foreach (var member in result.MemberNames)
        {
            named = true;
            problems.AddAt(wire.Naming.ConvertName(member), message, "value_error");
        }
        if (!named)
            problems.Add(message, "value_error");
    }
}
