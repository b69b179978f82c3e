using System.Text.Json.Serialization;

namespace EmbeddedFunctions.DurableTask.Entities;

/// <summary>The identity of an entity, as text <c>@name@key</c>. Names are in lower case and have no <c>@</c>; keys are any text, with case.</summary>
[JsonConverter(typeof(EntityInstanceIdJsonConverter))]
public readonly struct EntityInstanceId : IEquatable<EntityInstanceId>
{
    public EntityInstanceId(string name, string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(key);
        if (name.Contains('@', StringComparison.Ordinal))
            throw new ArgumentException("An entity's name has no '@'.", nameof(name));

#pragma warning disable CA1308 // The name is stored and shown in lower case.
        Name = name.ToLowerInvariant();
#pragma warning restore CA1308
        Key = key;
    }

    public string Name { get; }

    public string Key { get; }

    public static bool operator ==(EntityInstanceId left, EntityInstanceId right) => left.Equals(right);

    public static bool operator !=(EntityInstanceId left, EntityInstanceId right) => !left.Equals(right);

    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    public static EntityInstanceId FromString(string instanceId)
    {
        ArgumentException.ThrowIfNullOrEmpty(instanceId);
        var separator = instanceId[0] == '@' ? instanceId.IndexOf('@', 1) : -1;
        return separator > 1
            ? new EntityInstanceId(instanceId[1..separator], instanceId[(separator + 1)..])
            : throw new ArgumentException($"'{instanceId}' is not of the form @name@key.", nameof(instanceId));
    }

    public bool Equals(EntityInstanceId other) => string.Equals(Name, other.Name, StringComparison.Ordinal) && string.Equals(Key, other.Key, StringComparison.Ordinal);

    public override bool Equals(object? obj) => obj is EntityInstanceId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Name, Key);

    public override string ToString() => $"@{Name}@{Key}";
}
