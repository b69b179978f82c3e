using EmbeddedFunctions.DurableTask.Entities;

namespace EmbeddedFunctions.Durable;

/// <summary>Entities share the engine's space of ids with orchestrations; theirs begin with <c>@</c>.</summary>
internal static class EntityIds
{
    private const char Mark = '@';

    public static bool IsEntity(string id) => id.Length > 0 && id[0] == Mark;

    /// <summary>The stored form of the id.</summary>
    public static string Require(EntityInstanceId id) =>
        string.IsNullOrEmpty(id.Name) ? throw new ArgumentException("The entity's id is empty.", nameof(id)) : InstanceIds.RequireText(id.ToString());
}
