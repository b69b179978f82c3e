using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Platform.Functions.Http;

/// <summary>One member of a request record. Annotations may stand on the property or on the parameter of a positional record.</summary>
internal sealed class PropertyShape
{
    private readonly JsonPropertyInfo _property;
    private readonly TypeShape _shape;
    private readonly ValidationAttribute[] _rules;
    private readonly bool _nullable;

    public PropertyShape(JsonPropertyInfo property, Func<Type, TypeShape> shapes)
    {
        _property = property;
        _shape = shapes(property.PropertyType);
        var parameter = property.AssociatedParameter;
        var rules = Rules(property.AttributeProvider).Concat(Rules(parameter?.AttributeProvider)).ToList();
        _nullable = Nullable.GetUnderlyingType(property.PropertyType) is not null
            || (!property.PropertyType.IsValueType && (parameter?.IsNullable ?? property.IsSetNullable));
        IsRequired = property.IsRequired || rules.Exists(rule => rule is RequiredAttribute) || (parameter is { HasDefaultValue: false } && !_nullable);
        _rules = [.. rules];
    }

    public bool IsRequired { get; }

    public void Check(JsonElement parent, ProblemList problems)
    {
        if (!parent.TryGetProperty(_property.Name, out var element))
        {
            if (IsRequired)
                problems.AddAt(_property.Name, "Field required", "missing");
            return;
        }
        if (element.ValueKind == JsonValueKind.Null && _nullable)
            return;
        problems.Enter(_property.Name);
        _shape.Check(element, problems);
        problems.Leave();
    }

    public void CheckRules(object parent, ref ValidationContext? context, ProblemList problems)
    {
        var value = _property.Get!(parent);
        if (_rules.Length > 0)
            Apply(value, context ??= new ValidationContext(parent), problems);
        if (_shape is ScalarShape or AnyShape || value is null)
            return;
        problems.Enter(_property.Name);
        _shape.CheckRules(value, problems);
        problems.Leave();
    }

    /// <summary>The rules of this member when another member of the same object does not fit its type: the caller learns of both at once.</summary>
    public void CheckRulesAlone(JsonElement parent, JsonSerializerOptions options, ProblemList problems)
    {
        if (_rules.Length == 0 || _shape is ObjectShape || !parent.TryGetProperty(_property.Name, out var element) || element.ValueKind == JsonValueKind.Null)
            return;
        var probe = new ProblemList("body"); // counted only
        _shape.Check(element, probe);
        if (probe.Count == 0 && element.Deserialize(_property.PropertyType, options) is { } value)
            Apply(value, new ValidationContext(value), problems);
    }

    private void Apply(object? value, ValidationContext context, ProblemList problems)
    {
        context.MemberName = null;
        context.DisplayName = _property.Name;
        foreach (var rule in _rules)
        {
            if (rule.GetValidationResult(value, context) is not { } refusal)
                continue;
            var (message, type) = RuleWords.For(rule, value, refusal);
            problems.AddAt(_property.Name, message, type);
            return;
        }
    }

    private static IEnumerable<ValidationAttribute> Rules(ICustomAttributeProvider? member) =>
        member?.GetCustomAttributes(typeof(ValidationAttribute), inherit: true).OfType<ValidationAttribute>() ?? [];
}
