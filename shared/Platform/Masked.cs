namespace Platform;

/// <summary>Stands for secrets that are there and not shown.</summary>
public static class Masked
{
    /// <summary>In answers, and in requests for "as it was".</summary>
    public const string Value = "********";
}
