namespace EmbeddedFunctions.Durable;

/// <summary>Rules for instance ids, and the partition that an id belongs to. What no database can store as text is refused here, so that it cannot fail a commit of many.</summary>
internal static class InstanceIds
{
    private const int MaxLength = 256;

    public static string Require(string instanceId) => EntityIds.IsEntity(RequireText(instanceId))
        ? throw new ArgumentException("An id that begins with '@' is that of an entity.", nameof(instanceId))
        : instanceId;

    public static string RequireText(string instanceId)
    {
        if (string.IsNullOrWhiteSpace(instanceId) || instanceId.Length > MaxLength || instanceId.Any(c => char.IsControl(c) || char.IsSurrogate(c)))
            throw new ArgumentException($"An instance id has 1 to {MaxLength} characters, no control characters and none beyond the basic plane.", nameof(instanceId));

        return instanceId;
    }

    /// <summary>FNV-1a: the same in every process and version, which <see cref="string.GetHashCode()"/> is not.</summary>
    public static int PartitionOf(string instanceId, int partitions)
    {
        var hash = 2166136261u;
        foreach (var c in instanceId)
            hash = (hash ^ c) * 16777619;
        return (int)(hash % (uint)partitions);
    }
}
