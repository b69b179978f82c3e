using Platform.Audit;

namespace Platform.Functions.Audit;

/// <summary>Says in a sentence what an entry is about: <c>Alice created the role "deployers"</c>, <c>Bob changed the permissions of the role "deployers"</c>.</summary>
internal static class ActivitySummary
{
    public static string Of(string actor, AuditEntry entry)
    {
        var parts = entry.Action[(entry.Action.IndexOf('.', StringComparison.Ordinal) + 1)..].Split('_');
        var aspect = parts.Length > 1 ? $"the {string.Join(' ', parts[..^1])} of " : "";
        var name = entry.ResourceName is { Length: > 0 } given ? $" \"{given}\"" : "";
        return $"{actor} {Verbs.Past(parts[^1])} {aspect}the {entry.ResourceType.Replace('_', ' ')}{name}";
    }
}
