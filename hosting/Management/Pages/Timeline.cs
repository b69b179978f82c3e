using EmbeddedFunctions.Durable;
using EmbeddedFunctions.Durable.Storage;

namespace EmbeddedFunctions.Management.Pages;

/// <summary>The history in the order in which things began, with their durations.</summary>
internal static class Timeline
{
    private const int MaxLines = 2_000;

    public static HtmlText Of(StoredInstance instance, List<HistoryEntry> history)
    {
        var ordered = history.OrderBy(entry => entry.ScheduledTime ?? entry.Timestamp).ToList();
        var lines = new HtmlText();
        foreach (var entry in ordered.Skip(ordered.Count - MaxLines))
            lines.Add(Line(instance, entry));
        return new HtmlText().Add($"""
            <h2>History</h2>
            {Omitted(ordered.Count)}
            <table class="timeline">
            <thead><tr><th>Time (UTC)</th><th>After</th><th>Duration</th><th>What</th><th>Details</th></tr></thead>
            <tbody>
            {lines}</tbody>
            </table>
            """);
    }

    private static HtmlText? Omitted(int count) =>
        count <= MaxLines ? null : new HtmlText().Add($"<p class=\"empty\">The last {MaxLines} of {count} lines; the management API gives all of them (showHistory=true).</p>");

    private static HtmlText Line(StoredInstance instance, HistoryEntry entry)
    {
        var begin = entry.ScheduledTime ?? entry.Timestamp;
        var duration = entry.IsOpen ? "open" : entry.ScheduledTime is { } scheduled && entry.EventType != nameof(EventSent) ? PageFormats.Duration(entry.Timestamp - scheduled) : "";
        return new HtmlText().Add($"""
            <tr class="{Kind(entry)}"><td>{PageFormats.Time(begin)}</td><td>{PageFormats.Duration(begin - instance.Header.CreatedAt)}</td><td>{duration}</td>
            <td>{Title(entry)}</td><td>{Details(entry)}</td></tr>

            """);
    }

    private static string Kind(HistoryEntry entry) => entry.Failure is not null ? "failed" : entry.IsOpen ? "open" : "done";

    private static string Title(HistoryEntry entry) => entry.EventType switch
    {
        nameof(ExecutionStarted) => "Started",
        nameof(TaskScheduled) => $"Activity {entry.Name}",
        nameof(TaskCompleted) => $"Activity {entry.Name} completed",
        nameof(TaskFailed) => $"Activity {entry.Name} failed",
        nameof(TimerCreated) => "Timer",
        nameof(TimerFired) => "Timer fired",
        nameof(SubOrchestrationCreated) => $"Sub-orchestration {entry.Name}",
        nameof(SubOrchestrationCompleted) => $"Sub-orchestration {entry.Name} completed",
        nameof(SubOrchestrationFailed) => $"Sub-orchestration {entry.Name} failed",
        nameof(EventRaised) => $"Event {entry.Name} received",
        nameof(EventSent) => $"Event {entry.Name} sent",
        nameof(ExecutionSuspended) => "Suspended",
        nameof(ExecutionResumed) => "Resumed",
        nameof(ExecutionTerminated) => "Terminate requested",
        nameof(ExecutionCompleted) => $"Ended: {entry.Remark}",
        _ => entry.Name is null ? entry.EventType : $"{entry.EventType} {entry.Name}",
    };

    private static HtmlText Details(HistoryEntry entry)
    {
        var details = new HtmlText();
        if (entry.FireAt is { } fireAt)
            details.Add($"<p>due {PageFormats.Time(fireAt)}</p>");
        if (entry.InstanceId is { } id)
            details.Add($"<p><a href=\"{PageLayout.InstancePath(id)}\">{id}</a></p>");
        if (entry.Remark is { } remark && entry.EventType != nameof(ExecutionCompleted))
            details.Add($"<p>{remark}</p>");
        return details.Add(InstancePage.Payload("Input", entry.Input)).Add(InstancePage.Payload("Result", entry.Result)).Add(InstancePage.FailureOf(entry.Failure));
    }
}
