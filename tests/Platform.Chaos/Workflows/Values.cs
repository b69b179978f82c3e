namespace Platform.Chaos.Workflows;

/// <summary>What steps result in, and how results add up: the order counts.</summary>
internal static class Values
{
    public const long DoomedFailed = -1;
    public const long TimerFired = 1;
    public const long TimedOut = 2;
    public const long ChildFailed = 3;
    public const long Signaled = 4;

    public static long Of(string text)
    {
        var hash = 14695981039346656037UL;
        foreach (var c in text)
            hash = unchecked((hash ^ c) * 1099511628211UL);
        return (long)(hash >> 16);
    }

    public static long Add(long sum, long value) => unchecked((sum * 6364136223846793005L) + value + 1442695040888963407L);

    public static string ActivityKey(string instanceId, string step, int index) => $"{instanceId}/{step}/{index}";

    public static long OfUnnamed(string label) => Add(Add(0, Of(ActivityKey(label, "unnamed", 0))), Of(ActivityKey(label, "unnamed", 1)));

    public static string ChildId(string instanceId, string step) => $"{instanceId}-{step}";

    public static string EventName(string step) => $"event-{step}";

    public static string StreamName(string step) => $"stream-{step}";

    public static string StreamToken(string step, int index) => $"{StreamName(step)}#{index}";

    public static string LedgerToken(string instanceId, string step, int index) => $"{instanceId}/{step}#{index}";
}
