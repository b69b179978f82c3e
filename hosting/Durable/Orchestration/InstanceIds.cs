namespace EmbeddedFunctions.Durable;

/// <summary>Rules for instance ids, and the partition that an id belongs to.</summary>
internal static class InstanceIds
{
    private const int MaxLength = 256;

    public static string Require(string instanceId)
    {
        if (string.IsNullOrWhiteSpace(instanceId) || instanceId.Length > MaxLength || instanceId.Any(char.IsControl))
            throw new ArgumentException($"An instance id has 1 to {MaxLength} characters and no control characters.", nameof(instanceId));

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
