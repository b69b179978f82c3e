using System.Collections.Frozen;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Platform.Events;

/// <summary>Every event type that the code declares (a <see cref="DomainEvent"/> record each), found once at start.</summary>
public sealed class EventCatalog
{
    private readonly FrozenDictionary<string, EventDescription> _types;

    public EventCatalog() : this(typeof(DomainEvent).Assembly)
    {
    }

    public EventCatalog(params Assembly[] assemblies)
    {
        _types = assemblies.SelectMany(a => a.GetTypes())
            .Where(t => t.IsSubclassOf(typeof(DomainEvent)) && !t.IsAbstract)
            .Select(Describe)
            .ToFrozenDictionary(d => d.EventType, StringComparer.Ordinal);
    }

    public IReadOnlyCollection<EventDescription> All => _types.Values;

    public EventDescription? Find(string eventType) => _types.GetValueOrDefault(eventType);

    // EventType and Topic are constants of the record, so that an instance without state can tell them.
    private static EventDescription Describe(Type type)
    {
        var blank = (DomainEvent)RuntimeHelpers.GetUninitializedObject(type);
        return blank is { EventType: { } name, Topic: { } topic }
            ? new EventDescription(name, topic, type, [.. RequiredFields(type)])
            : throw new InvalidOperationException($"{type.Name}: EventType and Topic must be constants of the record.");
    }

    private static IEnumerable<string> RequiredFields(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var optional = type.GetConstructors().SelectMany(c => c.GetParameters()).Where(p => p.HasDefaultValue).Select(p => p.Name).ToHashSet(StringComparer.Ordinal);
        return EventJson.Options.GetTypeInfo(type).Properties
            .Where(p => p is { Get: not null, IsExtensionData: false, AttributeProvider: PropertyInfo })
            .Where(p => (PropertyInfo)p.AttributeProvider! is var member && !optional.Contains(member.Name) && nullability.Create(member).ReadState != NullabilityState.Nullable)
            .Select(p => p.Name);
    }
}

/// <summary>One event type; <paramref name="RequiredFields"/> are wire names of the payload.</summary>
public sealed record EventDescription(string EventType, string Topic, Type ClrType, IReadOnlyList<string> RequiredFields)
{
    /// <summary>The required fields that <paramref name="payload"/> lacks or has as null.</summary>
    public IEnumerable<string> MissingFields(JsonElement payload) => payload.ValueKind != JsonValueKind.Object
        ? RequiredFields
        : RequiredFields.Where(f => !payload.TryGetProperty(f, out var value) || value.ValueKind == JsonValueKind.Null);
}
