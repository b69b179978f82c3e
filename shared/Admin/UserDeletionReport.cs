namespace Platform.Admin;

/// <summary>What went with a user: the organizations that were his alone, by name, and the rows that were his, by table.</summary>
public sealed record UserDeletionReport(IReadOnlyList<string> Organizations, IReadOnlyDictionary<string, int> Rows);
