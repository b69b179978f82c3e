using Platform.Archives;
using Platform.Data;
using Platform.Functions.Metrics;
using Platform.Functions.Pages;
using Platform.UserFunctions;

namespace Platform.Functions.ConsolePages;

/// <summary>A project's functions, and one with its code, a test call and its charts.</summary>
public sealed class FunctionPages(FunctionQueries functions, FunctionCode code, FunctionMetrics metrics, InvocationQueries invocations, TimeProvider clock)
{
    private const int MostVersions = 20;
    private const int MostInvocations = 20;
    private static readonly string[] Periods = ["1h", "24h", "7d"];

    internal async Task<Result<ConsoleBody>> ListAsync(ConsolePlace place, CancellationToken ct)
    {
        if (!place.Can(Permissions.FunctionsRead))
            return PermissionErrors.Missing(place.Caller, Permissions.FunctionsRead);
        var page = await functions.ListAsync(place.Project.Id, new FunctionFilter { Limit = 200, Sort = "name" }, ct);
        var rows = page.Items.Select(function => (IReadOnlyList<Html>)
        [
            Html.Of($"""<a href="{place.PathTo(ConsoleTab.Functions)}/{function.Id}">{function.Name}</a>"""),
            StateOf(function),
            PageText.Text(function.Runtime),
            PageText.Text(function.ActiveVersion?.ToString()),
            Html.Of($"{function.LatestVersion}"),
            PageText.Time(function.LastInvokedAt),
        ]);
        return new ConsoleBody("Functions", PageText.Table("Functions of the project", ["Function", "State", "Runtime", "Active version", "Newest version", "Last invocation (UTC)"], rows));
    }

    internal async Task<Result<ConsoleBody>> ShowAsync(ConsolePlace place, Guid id, string period, CancellationToken ct)
    {
        var found = await functions.FindAsync(id, Permissions.FunctionsRead, ct);
        if (!found.IsOk)
            return found.Error;
        var function = found.Value;
        if (function.ProjectId != place.Project.Id)
            return FunctionErrors.NotFound;
        var versions = await functions.VersionsAsync(function.Id, MostVersions, ct);
        var deployment = await functions.DeploymentAsync(function.Id, function.LatestDeploymentId, ct);
        var (drawn, calls, files) = (await ChartsAsync(place, function, period, ct), await InvocationsAsync(place, function, ct), await CodeAsync(place, versions, ct));
        return new ConsoleBody(function.Name, Html.Of($"""
            {Facts(function)}
            {Html.When(place.Can(Permissions.FunctionsUpdate), () => Toggle(function))}
            {drawn}
            {Html.When(place.Can(Permissions.FunctionsInvoke), () => TestBox(function, versions))}
            {calls}
            {Versions(place, function, versions)}
            {Deployment(deployment)}
            {files}
            """));
    }

    private static Html Facts(UserFunction function) => PageText.Facts(
        ("State", StateOf(function)),
        ("Description", PageText.Text(function.Description)),
        ("Runtime", PageText.Text($"{function.Runtime}, {function.Entrypoint}")),
        ("Active version", PageText.Text(function.ActiveVersion?.ToString())),
        ("Limits", PageText.Text($"{function.TimeoutSeconds} s, {function.MemoryMb} MiB, {function.MaxConcurrency} at once")),
        ("Kept started", PageText.Text($"{function.MinInstances}, others end after {function.IdleTimeoutSeconds} s")),
        ("Network", PageText.Text(EnumWords<FunctionNetwork>.ToWord(function.Network))),
        ("Variables", PageText.Text(string.Join(", ", function.EnvironmentNames))),
        ("Last invocation (UTC)", PageText.Time(function.LastInvokedAt)));

    private static Html Toggle(UserFunction function) => Html.Of($"""
        <p class="row actions"><button type="button" data-post="/api/functions/{function.Id}/toggle" data-method="PATCH" data-body="{$"{{\"enabled\":{(function.Enabled ? "false" : "true")}}}"}">{(function.Enabled ? "Switch off" : "Switch on")}</button></p>
        """);

    private async Task<Html> ChartsAsync(ConsolePlace place, UserFunction function, string period, CancellationToken ct)
    {
        var to = clock.GetUtcNow();
        var report = await metrics.ReportAsync(function, to - TimeWords.Length(period), to, interval: null, version: null, ct);
        var path = $"{place.PathTo(ConsoleTab.Functions)}/{function.Id}";
        var choice = Html.Join(Periods.Select(word => Html.Of($"""<li><a href="{path}?period={word}"{(word == period ? Html.Of($" aria-current=\"true\"") : Html.None)}>{word}</a></li>""")));
        return Html.Of($"""
            <section><h2>Invocations</h2>
            <nav class="periods" aria-label="Period"><ul>{choice}</ul></nav>
            {PageText.Facts(
                ("Invocations", Html.Of($"{report.Invocations}")),
                ("Failed", PageText.Text($"{report.Errors} ({PageText.Percent(report.ErrorRate)})")),
                ("Throttled", Html.Of($"{report.Throttles}")),
                ("Cold starts", PageText.Text($"{report.ColdStarts} ({PageText.Percent(report.ColdStartRate)})")),
                ("Latency", PageText.Text($"median {PageText.Number(report.Duration.P50)} ms, 95th percentile {PageText.Number(report.Duration.P95)} ms")),
                ("Start of a worker", PageText.Text($"median {PageText.Number(report.InitDuration.P50)} ms, 95th percentile {PageText.Number(report.InitDuration.P95)} ms")))}
            {LineChart.Draw($"Latency in ms per {report.Interval}", [Line("median", report, bucket => bucket.P50), Line("95th percentile", report, bucket => bucket.P95)])}
            {LineChart.Draw($"Invocations and errors per {report.Interval}", [Line("invocations", report, bucket => bucket.Invocations), Line("errors", report, bucket => bucket.Errors), Line("throttled", report, bucket => bucket.Throttles)])}
            {LineChart.Draw($"Cold starts per {report.Interval}", [Line("cold starts", report, bucket => bucket.ColdStarts)])}
            </section>
            """);
    }

    private static ChartLine Line(string name, FunctionReport report, Func<FunctionBucket, double?> figure) =>
        new(name, [.. report.Series.Select(bucket => new ChartPoint(bucket.Start, figure(bucket)))]);

    private static Html TestBox(UserFunction function, List<FunctionVersion> versions) => Html.Of($"""
        <section><h2>Test call</h2>
        <noscript><p class="refusal">Test calls here need JavaScript.</p></noscript>
        <form id="test" data-path="/api/functions/{function.Id}/test">
          <label for="payload">Payload (JSON)</label>
          <textarea id="payload" name="payload" rows="4" spellcheck="false" autocapitalize="off" autocomplete="off">{"{}"}</textarea>
          <p class="row">
            <label>Version <select name="version">{Html.Join(versions.Select(version => Html.Of($"<option>{version.Number}</option>")))}</select></label>
            <button type="submit">Call</button> <span class="hint">Ctrl+Enter calls</span>
          </p>
        </form>
        <p id="test-status" role="status"></p>
        <div id="test-answer" hidden><h3>Result</h3><pre id="test-result" tabindex="0" aria-label="Result"></pre><h3>Log</h3><pre id="test-log" tabindex="0" aria-label="Log"></pre></div>
        </section>
        """);

    private async Task<Html> InvocationsAsync(ConsolePlace place, UserFunction function, CancellationToken ct)
    {
        if (!place.Can(Permissions.FunctionsLogs))
            return Html.None;
        var page = await invocations.ListAsync(function.Id, new FunctionLogFilter { Limit = MostInvocations }, ct);
        return Html.Of($"""
            <section><h2>Latest calls</h2>
            {PageText.Table($"The newest {MostInvocations} calls", ["Time (UTC)", "State", "By", "Version", "Duration", "Start", "Memory", "Error and log"], page.Items.Select(Row))}
            </section>
            """);
    }

    private static IReadOnlyList<Html> Row(FunctionInvocation call) =>
    [
        PageText.Time(call.StartedAt),
        PageText.State(EnumWords<InvocationStatus>.ToWord(call.Status)),
        PageText.Text(EnumWords<InvocationTrigger>.ToWord(call.Trigger)),
        PageText.Text(call.VersionNumber == 0 ? "unsaved" : call.VersionNumber.ToString()),
        PageText.Text(PageText.Ms(call.DurationMs)),
        PageText.Text(call.ColdStart ? $"cold, {PageText.Ms(call.InitDurationMs)}" : "warm"),
        PageText.Text($"{call.MemoryUsedMb} MiB"),
        Html.Of($"""{(call.Error is { } error ? $"{error.Type}: {error.Message}" : "")}{Html.When(call.Logs.Count > 0, () => Html.Of($"<details><summary>{call.Logs.Count} lines</summary><pre>{string.Join('\n', call.Logs.Select(line => PageText.Plain(line.Message)))}</pre></details>"))}"""),
    ];

    private static Html Versions(ConsolePlace place, UserFunction function, List<FunctionVersion> versions)
    {
        var mayDeploy = place.Can(Permissions.FunctionsDeploy);
        var rows = versions.Select(version => (IReadOnlyList<Html>)
        [
            Html.Of($"{version.Number}{(version.Number == function.ActiveVersion ? " (active)" : "")}"),
            PageText.Text(version.Message),
            PageText.Text(version.Runtime),
            PageText.Text(PageText.Bytes(version.SizeBytes)),
            PageText.Time(version.CreatedAt),
            Html.When(mayDeploy && version.Number != function.ActiveVersion, () => Html.Of(
                $"""<button type="button" data-post="/api/functions/{function.Id}/deploy" data-body="{$"{{\"version\":{version.Number}}}"}" aria-label="Deploy version {version.Number}">Deploy</button>""")),
        ]);
        return Html.Of($"<section><h2>Versions</h2>{PageText.Table($"The newest {MostVersions} versions", ["Version", "Message", "Runtime", "Size", "Made (UTC)", "Action"], rows)}</section>");
    }

    private static Html Deployment(FunctionDeployment? deployment) => deployment is null ? Html.None : Html.Of($"""
        <section><h2>Latest deployment</h2>
        {PageText.Facts(
            ("State", PageText.State(EnumWords<DeploymentStatus>.ToWord(deployment.Status))),
            ("Version", Html.Of($"{deployment.VersionNumber}")),
            ("Error", PageText.Text(deployment.ErrorMessage)),
            ("Began (UTC)", PageText.Time(deployment.StartedAt)),
            ("Ended (UTC)", PageText.Time(deployment.FinishedAt)))}
        {PageText.Table("Steps of the deployment", ["Step", "State", "Message"], deployment.Steps.Select(step => (IReadOnlyList<Html>)
            [PageText.Text(step.Name), PageText.State(EnumWords<StepStatus>.ToWord(step.Status)), PageText.Text(step.Message)]))}
        </section>
        """);

    // As in the API: code is shown to those who may change it.
    private async Task<Html> CodeAsync(ConsolePlace place, List<FunctionVersion> versions, CancellationToken ct)
    {
        if (!place.Can(Permissions.FunctionsUpdate) || versions is not [var newest, ..])
            return Html.None;
        var files = await code.ReadAsync(newest, ct);
        return Html.Of($"""
            <section><h2>Code of version {newest.Number}</h2>
            {(files is null ? Html.Of($"<p>It is too large to be shown here.</p>") : Html.Join(files.Select(File)))}
            </section>
            """);
    }

    private static Html File(FunctionFile file) => Html.Of($"""
        <h3>{file.Path}</h3><pre tabindex="0" aria-label="{file.Path}">{(file.Encoding == SourceEncoding.Utf8 ? file.Content : "(not text)")}</pre>
        """);

    private static Html StateOf(UserFunction function) => PageText.State(EnumWords<FunctionStatus>.ToWord(function.Status));
}
