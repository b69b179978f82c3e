using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

using Platform.Data;

namespace Platform.Events;

/// <summary>How the payload of a <see cref="DomainEvent"/> is written: its own members in snake_case, without the envelope's.</summary>
public static class EventJson
{
    public static readonly JsonSerializerOptions Options = CreateOptions();

    private static JsonSerializerOptions CreateOptions()
    {
        var options = new JsonSerializerOptions(JsonColumn.Options) { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { RemoveEnvelope } } };
        options.MakeReadOnly();
        return options;
    }

    // An override of EventType or Topic does not inherit the base's [JsonIgnore].
    private static void RemoveEnvelope(JsonTypeInfo type)
    {
        if (!type.Type.IsSubclassOf(typeof(DomainEvent)))
            return;
        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            if (type.Properties[i].AttributeProvider is PropertyInfo property && property.GetMethod?.GetBaseDefinition().DeclaringType == typeof(DomainEvent))
                type.Properties.RemoveAt(i);
        }
    }
}
