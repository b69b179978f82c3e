namespace Platform;

/// <summary>Direction of a list, newest first by default.</summary>
public enum SortOrder
{
    Desc,
    Asc,
}
