using System.Collections.Frozen;

namespace Platform.Metrics;

/// <summary>What users may not record.</summary>
internal static class MetricRules
{
    private const string ReservedPrefix = "platform.";
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(7);
    private static readonly TimeSpan Ahead = TimeSpan.FromMinutes(10);

    private static readonly FrozenSet<string> ReservedTypes =
        new[] { "build", "function", "database", "webhook", "api", "execution", "monitor", "test", "task", "inference" }.ToFrozenSet(StringComparer.Ordinal);

    public static Error? Check(MetricDraft draft, DateTimeOffset now)
    {
        if (draft.Source == MetricSource.User && (draft.Name.StartsWith(ReservedPrefix, StringComparison.Ordinal) || ReservedTypes.Contains(draft.Type)))
            return MetricErrors.Reserved;
        return draft.Timestamp is { } at && (at < now - Oldest || at > now + Ahead) ? MetricErrors.BadTime : null;
    }
}
