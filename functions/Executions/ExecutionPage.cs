using System.Globalization;
using System.Text;
using System.Text.Json;
using Platform.Data;
using Platform.Executions;
using Platform.Functions.Pages;
using Platform.Sandbox.Runtimes;

namespace Platform.Functions.Executions;

/// <summary>Renders the page for people: the editor, one execution, the history.</summary>
public sealed class ExecutionPage(ExecutionQueries executions, RuntimeCatalog runtimes, Caller caller)
{
    private const string Root = "/executions";

    private static readonly PageTemplate Whole = new("Executions.Page.page.html");
    private static readonly PageTemplate One = new("Executions.Page.execution.html");

    /// <summary>The page, with an execution open where an id is given; null when the caller has no such execution.</summary>
    public async Task<string?> RenderAsync(Guid? id, ExecutionPageQuery query, CancellationToken ct)
    {
        ExecutionView? open = null;
        if (id is { } wanted)
        {
            var found = await executions.GetAsync(wanted, ct);
            if (!found.IsOk)
                return null;
            open = found.Value;
        }

        var list = await executions.ListOwnAsync(query.ToFilter(), ct);
        return Whole.Fill(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["title"] = open is null ? "Executions" : $"Execution {open.ExecutionId}",
            ["user"] = PageTemplate.Encode(caller.ImpersonatorId is null ? caller.Username : $"{caller.Username} (impersonated)"),
            ["runtimes"] = Options(runtimes.Supported.Select(runtime => $"{runtime.Lang} {runtime.Version}"), open is null ? null : $"{open.Lang} {open.LangVersion}"),
            ["script"] = PageTemplate.Encode(open is null ? "print('Hello')" : await ScriptOfAsync(open.ExecutionId, ct)),
            ["execution"] = Execution(open),
            ["statuses"] = Options(EnumWords<ExecutionStatus>.All, query.Status),
            ["languages"] = Options(runtimes.Supported.Select(runtime => runtime.Lang).Distinct(), query.Lang),
            ["from"] = PageTemplate.Encode(query.From),
            ["to"] = PageTemplate.Encode(query.To),
            ["rows"] = Rows(list.Value.Executions),
            ["count"] = list.Value.Total == 1 ? "1 execution" : $"{list.Value.Total} executions",
            ["paging"] = Paging(query, list.Value),
        });
    }

    // An execution's event has the script only as long as it is kept.
    private async Task<string> ScriptOfAsync(Guid id, CancellationToken ct)
    {
        var events = await executions.ListEventsAsync(id, new ExecutionEventFilter { EventTypes = ["execution_requested"], Limit = 1 }, ct);
        return events is { IsOk: true, Value: [{ Payload: var payload }] } && payload.TryGetProperty("script", out var script) && script.ValueKind == JsonValueKind.String
            ? script.GetString()!
            : "";
    }

    private static string Execution(ExecutionView? open) => One.Fill(new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["id"] = open?.ExecutionId.ToString() ?? "",
        ["status"] = open is null ? "" : Word(open.Status),
        ["hidden"] = open is null ? " hidden" : "",
        ["ended"] = open?.Status.IsTerminal() == false ? "" : " hidden",
        ["details"] = open is null ? "" : Details(open),
        ["output"] = PageTemplate.Encode(open?.Output),
        ["errors"] = PageTemplate.Encode(open?.Errors),
    });

    private static string Details(ExecutionView view) => string.Join(", ", new[]
    {
        view.ExitCode is { } code ? string.Create(CultureInfo.InvariantCulture, $"exit code {code}") : null,
        view.ResourceUsage is null ? null : $"{Seconds(view)} s",
        view.OutputTruncated ? "output truncated" : null,
    }.OfType<string>());

    private static string Rows(IReadOnlyList<ExecutionView> executions)
    {
        var rows = new StringBuilder();
        foreach (var view in executions)
        {
            var time = view.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            rows.Append(CultureInfo.InvariantCulture, $"""
                <tr><td>{time}</td><td>{PageTemplate.Encode($"{view.Lang} {view.LangVersion}")}</td><td><span class="status {Word(view.Status)}">{Word(view.Status)}</span></td><td>{view.ExitCode}</td><td>{Seconds(view)}</td><td><a href="{Root}/{view.ExecutionId}">{view.ExecutionId}</a></td></tr>

                """);
        }

        return rows.Length > 0 ? rows.ToString() : """<tr><td colspan="6">Nothing here yet.</td></tr>""";
    }

    private static string Paging(ExecutionPageQuery query, ExecutionList list)
    {
        var newer = query.Number > 1 ? Link(query, query.Number - 1, "prev", "Newer") : "";
        return newer + (list.HasMore ? Link(query, query.Number + 1, "next", "Older") : "");
    }

    private static string Link(ExecutionPageQuery query, int page, string relation, string text) =>
        $"""<a rel="{relation}" href="{PageTemplate.Encode(query.AddressOf(Root, page))}">{text}</a>""";

    private static string Options(IEnumerable<string> words, string? selected) => string.Concat(words.Select(word =>
        $"""<option{(word == selected ? " selected" : "")}>{PageTemplate.Encode(word)}</option>"""));

    private static string Seconds(ExecutionView view) => view.ResourceUsage?.ExecutionTimeWallSeconds.ToString("0.00", CultureInfo.InvariantCulture) ?? "";

    private static string Word(ExecutionStatus status) => EnumWords<ExecutionStatus>.ToWord(status);
}
