namespace Platform.Data;

/// <summary>When a commit reaches the disk.</summary>
internal enum SqliteDurability
{
    /// <summary>Before it returns.</summary>
    Full,

    /// <summary>With the next one that must.</summary>
    Relaxed,
}
