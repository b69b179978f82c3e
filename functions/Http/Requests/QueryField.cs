using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Platform.Functions.Http;

/// <summary>
/// One parameter of a query record: a scalar, a list of scalars given as a repeated parameter, as <c>name[]</c> or separated by commas, or a map given as <c>name.key</c>.
/// </summary>
internal sealed class QueryField
{
    private readonly string? _alias;
    private readonly ClampedAttribute? _clamped;
    private readonly Type _scalar;
    private readonly bool _isList;
    private readonly bool _isMap;

    public QueryField(JsonPropertyInfo property, WireJson wire)
    {
        Name = property.Name;
        _alias = property.AttributeProvider?.GetCustomAttributes(typeof(AliasAttribute), inherit: true) is [AliasAttribute alias] ? alias.Name : null;
        _clamped = property.AttributeProvider?.GetCustomAttributes(typeof(ClampedAttribute), inherit: true) is [ClampedAttribute clamped] ? clamped : null;
        var info = wire.Reading.GetTypeInfo(property.PropertyType);
        _isList = info.Kind == JsonTypeInfoKind.Enumerable;
        _isMap = info.Kind == JsonTypeInfoKind.Dictionary;
        var type = _isList || _isMap ? info.ElementType! : property.PropertyType;
        _scalar = Nullable.GetUnderlyingType(type) ?? type;
    }

    public string Name { get; }

    /// <summary>Writes the parameter as a member of the JSON object; nothing when it is absent.</summary>
    public void Write(IQueryCollection query, Utf8JsonWriter json)
    {
        if (_isList)
            WriteList(query, json);
        else if (_isMap)
            WriteMap(query, json);
        else if (ValueOf(query) is { } text && (text.Length > 0 || _scalar == typeof(string)) && !IsSkipped(text))
            WriteMember(text, json);
    }

    private string? ValueOf(IQueryCollection query)
    {
        if (query.TryGetValue(Name, out var values) || (_alias is not null && query.TryGetValue(_alias, out values)))
            return values is [.., var last] ? last : null; // the last of several counts
        return null;
    }

    private bool IsSkipped(string text) =>
        _clamped is { SkipsText: true } && !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _);

    private void WriteMember(string text, Utf8JsonWriter json)
    {
        json.WritePropertyName(Name);
        WriteScalar(text, json);
    }

    private void WriteList(IQueryCollection query, Utf8JsonWriter json)
    {
        var items = Items(query[Name]).Concat(Items(query[Name + "[]"])).ToList();
        if (items.Count == 0)
            return;
        json.WriteStartArray(Name);
        foreach (var item in items)
            WriteScalar(item, json);
        json.WriteEndArray();
    }

    private void WriteMap(IQueryCollection query, Utf8JsonWriter json)
    {
        var members = query.Keys.Where(key => key.Length > Name.Length + 1 && key[Name.Length] == '.' && key.StartsWith(Name, StringComparison.Ordinal)).ToList();
        if (members.Count == 0)
            return;
        json.WriteStartObject(Name);
        foreach (var member in members)
        {
            json.WritePropertyName(member.AsSpan(Name.Length + 1));
            WriteScalar(query[member] is [.., { } last] ? last : "", json); // the last of several counts
        }

        json.WriteEndObject();
    }

    private static IEnumerable<string> Items(StringValues values) =>
        values.SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    /// <summary>What does not fit its type stays a string, which the shape then refuses with its own words.</summary>
    private void WriteScalar(string text, Utf8JsonWriter json)
    {
        if (_scalar == typeof(bool) && ToBool(text) is { } flag)
            json.WriteBooleanValue(flag);
        else if ((_scalar == typeof(int) || _scalar == typeof(long)) && long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            json.WriteNumberValue(_clamped is null ? number : Math.Clamp(number, _clamped.Minimum, _clamped.Maximum));
        else if (IsReal && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var real) && double.IsFinite(real))
            json.WriteNumberValue(real);
        else
            json.WriteStringValue(text);
    }

    private bool IsReal => _scalar == typeof(double) || _scalar == typeof(float) || _scalar == typeof(decimal);

    private static bool? ToBool(string text) => text.ToLowerInvariant() switch
    {
        "true" or "1" or "yes" or "on" => true,
        "false" or "0" or "no" or "off" => false,
        _ => null,
    };
}
