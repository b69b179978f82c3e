namespace Platform.Executions;

/// <summary>The two events that end an execution's story; every execution has exactly one of them.</summary>
public static class ResultEvents
{
    public const string Stored = "result_stored";
    public const string Failed = "result_failed";

    public static bool Ends(string eventType) => eventType is Stored or Failed;
}
