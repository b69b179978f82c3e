using Platform.Builds;
using Platform.Data;
using Platform.Functions.Pages;

namespace Platform.Functions.ConsolePages;

/// <summary>A project's builds, and one with its steps, log and artifacts.</summary>
public sealed class BuildPages(BuildQueries builds, LogReader logs, TimeProvider clock)
{
    private const int PageSize = 50;
    private const int MostLines = 1000;

    internal async Task<Result<ConsoleBody>> ListAsync(ConsolePlace place, int page, CancellationToken ct)
    {
        if (!place.Can(Permissions.BuildsRead))
            return PermissionErrors.Missing(place.Caller, Permissions.BuildsRead);
        var found = await builds.ListAsync(place.Project.Id, new BuildFilter { Limit = PageSize, Offset = (page - 1) * PageSize }, ct);
        var rows = found.Items.Select(row => (IReadOnlyList<Html>)
        [
            Html.Of($"""<a href="{place.PathTo(ConsoleTab.Builds)}/{row.Build.Id}">#{row.Build.Number}</a>"""),
            PageText.State(EnumWords<BuildStatus>.ToWord(row.Build.Status)),
            PageText.Text(row.Build.Branch),
            PageText.Text(Short(row.Build.CommitSha)),
            PageText.Text(EnumWords<BuildEnvironment>.ToWord(row.Build.Environment)),
            PageText.Text(PageText.Ms(row.Build.DurationMs)),
            PageText.Time(row.Build.CreatedAt),
        ]);
        return new ConsoleBody("Builds", Html.Of($"""
            {PageText.Table("Builds of the project", ["Build", "State", "Branch", "Commit", "Environment", "Duration", "Queued (UTC)"], rows)}
            {Paging(place, page, found.Total)}
            """));
    }

    internal async Task<Result<ConsoleBody>> ShowAsync(ConsolePlace place, Guid id, CancellationToken ct)
    {
        var found = await builds.FindAsync(id, Permissions.BuildsRead, ct);
        if (!found.IsOk)
            return found.Error;
        var build = found.Value;
        if (build.ProjectId != place.Project.Id)
            return BuildErrors.NotFound;
        var detail = await builds.DetailAsync(build, ct);
        var log = await logs.ReadAsync(build.Id, new LogQuery { Limit = MostLines, Order = SortOrder.Desc }, ct);
        return new ConsoleBody($"Build #{build.Number}", Html.Of($"""
            <div id="facts" data-live>{Facts(place, build)}</div>
            {Actions(place, build)}
            <section id="steps" data-live><h2>Steps</h2>{PageText.Table("Steps of the build", ["Step", "State", "Kind", "Exit code", "Duration", "Log lines"], detail.Steps.Select(Row))}</section>
            {Log(build, log)}
            {Artifacts(build, detail.Artifacts)}
            """));
    }

    private static Html Facts(ConsolePlace place, Build build) => PageText.Facts(
        ("State", PageText.State(EnumWords<BuildStatus>.ToWord(build.Status))),
        ("Failure", PageText.Text(build.Failure is { } failure ? $"{EnumWords<BuildFailureCode>.ToWord(failure.Code).Replace('_', ' ')}: {failure.Message}" : null)),
        ("Branch", PageText.Text(build.Branch)),
        ("Commit", PageText.Text(build.CommitSha)),
        ("Message", PageText.Text(build.CommitMessage)),
        ("Author", PageText.Text(build.CommitAuthor)),
        ("Environment", PageText.Text(EnumWords<BuildEnvironment>.ToWord(build.Environment))),
        ("Set off by", PageText.Text($"{build.TriggeredByName} ({EnumWords<BuildTrigger>.ToWord(build.Trigger)})")),
        ("Attempt", Html.Of($"{build.Attempt}{Link(place, build.RetryOf, "of the build before")}{Link(place, build.RetriedBy, "tried again")}")),
        ("Queued (UTC)", PageText.Time(build.QueuedAt)),
        ("Started (UTC)", PageText.Time(build.StartedAt)),
        ("Finished (UTC)", PageText.Time(build.FinishedAt)),
        ("Waited", PageText.Text(PageText.Ms(build.QueueMs))),
        ("Duration", PageText.Text(PageText.Ms(build.DurationMs))));

    private static Html Link(ConsolePlace place, Guid? id, string text) => id is { } build ? Html.Of($""" <a href="{place.PathTo(ConsoleTab.Builds)}/{build}">{text}</a>""") : Html.None;

    private static Html Actions(ConsolePlace place, Build build)
    {
        var mayCancel = !build.Status.IsOver() && place.Can(Permissions.BuildsCancel);
        var mayRetry = build.Status is BuildStatus.Failed or BuildStatus.TimedOut or BuildStatus.Cancelled && place.Can(Permissions.BuildsCreate);
        return Html.Of($"""
            <p class="row actions">
            {Html.When(mayCancel, () => Html.Of($"""<button type="button" data-post="/api/builds/{build.Id}/cancel" data-body="{"{}"}">Cancel</button>"""))}
            {Html.When(mayRetry, () => Html.Of($"""<button type="button" data-post="/api/builds/{build.Id}/retry" data-body="{"{}"}" data-go="{place.PathTo(ConsoleTab.Builds)}/">Try again</button>"""))}
            </p>
            """);
    }

    private static IReadOnlyList<Html> Row(BuildStep step) =>
    [
        PageText.Text(step.Name),
        PageText.State(EnumWords<BuildStepStatus>.ToWord(step.Status)),
        PageText.Text(EnumWords<BuildStepKind>.ToWord(step.Kind)),
        PageText.Text(step.ExitCode?.ToString()),
        PageText.Text(PageText.Ms(step.DurationMs)),
        Html.Of($"{step.LogLines}"),
    ];

    // The newest lines are in the page; what comes after them is followed by the script.
    private static Html Log(Build build, LogPage log) => Html.Of($"""
        <section><h2 id="log-heading">Log</h2>
        {Html.When(log.Total > log.Lines.Count, () => Html.Of($"<p>The newest {log.Lines.Count} of {log.Total} lines. </p>"))}
        <pre id="log" tabindex="0" role="log" aria-labelledby="log-heading" data-after="{log.NextAfter}" data-log="{(build.Status.IsOver() ? "" : $"/api/builds/{build.Id}/logs")}">
        {Html.Join(log.Lines.Reverse().Select(line => Html.Of($"<span class=\"{EnumWords<LogStream>.ToWord(line.Stream)} {EnumWords<LogLevel>.ToWord(line.Level)}\">{PageText.Plain(line.Message)}\n</span>")))}</pre>
        </section>
        """);

    private Html Artifacts(Build build, IReadOnlyList<BuildArtifact> artifacts)
    {
        var now = clock.GetUtcNow();
        var rows = artifacts.Select(artifact => (IReadOnlyList<Html>)
        [
            artifact.ExpiresAt > now ? Html.Of($"""<a href="/api/builds/{build.Id}/artifacts/{artifact.Id}" data-download>{artifact.Path}</a>""") : PageText.Text($"{artifact.Path} (no longer kept)"),
            PageText.Text(PageText.Bytes(artifact.SizeBytes)),
            PageText.Text(artifact.ContentType),
            PageText.Time(artifact.ExpiresAt),
        ]);
        return Html.Of($"<section><h2>Artifacts</h2>{PageText.Table("Artifacts of the build", ["File", "Size", "Type", "Kept until (UTC)"], rows)}</section>");
    }

    private static Html Paging(ConsolePlace place, int page, long total)
    {
        var path = place.PathTo(ConsoleTab.Builds);
        return Html.Of($"""
            <nav aria-label="Pages"><span>{(total == 1 ? "1 build" : $"{total} builds")}</span>
            {Html.When(page > 1, () => Html.Of($"""<a rel="prev" href="{path}?page={page - 1}">Newer</a>"""))}
            {Html.When((long)page * PageSize < total, () => Html.Of($"""<a rel="next" href="{path}?page={page + 1}">Older</a>"""))}</nav>
            """);
    }

    private static string? Short(string? commit) => commit is { Length: > 10 } ? commit[..10] : commit;
}
