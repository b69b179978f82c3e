using System.Collections.ObjectModel;

namespace EmbeddedFunctions.Worker;

/// <summary>A parameter of a function.</summary>
public class FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue, IReadOnlyDictionary<string, object> properties)
{
    /// <summary>A parameter without default value and properties.</summary>
    public FunctionParameter(string name, Type type)
        : this(name, type, hasDefaultValue: false, defaultValue: null, ReadOnlyDictionary<string, object>.Empty)
    {
    }

    /// <summary>A parameter without default value.</summary>
    public FunctionParameter(string name, Type type, IReadOnlyDictionary<string, object> properties)
        : this(name, type, hasDefaultValue: false, defaultValue: null, properties)
    {
    }

    /// <summary>A parameter without properties.</summary>
    public FunctionParameter(string name, Type type, bool hasDefaultValue, object? defaultValue)
        : this(name, type, hasDefaultValue, defaultValue, ReadOnlyDictionary<string, object>.Empty)
    {
    }

    /// <summary>The parameter's name.</summary>
    public string Name { get; } = name;

    /// <summary>The parameter's type.</summary>
    public Type Type { get; } = type;

    /// <summary>Whether a missing value is replaced by <see cref="DefaultValue"/>.</summary>
    public bool HasDefaultValue { get; } = hasDefaultValue;

    /// <summary>The default value.</summary>
    public object? DefaultValue { get; } = defaultValue;

    /// <summary>The binding attribute under <c>bindingAttribute</c>, when there is one.</summary>
    public IReadOnlyDictionary<string, object> Properties { get; } = properties;

    /// <summary>Whether the parameter can hold null.</summary>
    public bool IsReferenceOrNullableType { get; } = !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
}
