using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Platform.Functions.Metrics;
using Platform.Functions.Pages;
using Platform.Metrics;

namespace Platform.Functions.ConsolePages;

/// <summary>Query of the metrics page, as its form sends it: empty means the default.</summary>
public sealed record ConsoleMetricQuery
{
    /// <summary>What to show.</summary>
    [StringLength(200)]
    public string? Name { get; init; }

    /// <summary>One aggregation, for instance <c>p95</c>.</summary>
    [StringLength(10)]
    public string? Agg { get; init; }

    /// <summary>Length of a bucket, or <c>auto</c>.</summary>
    [RegularExpression("(auto|[1-9][0-9]{0,6}[smhd])?")]
    public string? Interval { get; init; }

    /// <summary>The time until now.</summary>
    [RegularExpression($"({TimeWords.Period})?")]
    public string? Period { get; init; }

    /// <summary>A tag by whose values the line is divided.</summary>
    [RegularExpression("([A-Za-z_][A-Za-z0-9_.-]{0,63})?")]
    public string? Tag { get; init; }
}

/// <summary>Charts of a project's metrics.</summary>
public sealed class MetricPages(SeriesQueries series, AggregateMetrics aggregates, TimeProvider clock)
{
    private const string Usual = "avg";
    private const string Automatic = "auto";
    private const string Day = "24h";
    private const int MostLines = 6;
    private const int ShortestInterval = 10;

    private static readonly string[] Words = ["avg", "sum", "min", "max", "count", "last", "rate", "stddev", "p50", "p90", "p95", "p99"];

    internal async Task<Result<ConsoleBody>> ShowAsync(ConsolePlace place, ConsoleMetricQuery query, CancellationToken ct)
    {
        if (!place.Can(Permissions.MetricsRead))
            return PermissionErrors.Missing(place.Caller, Permissions.MetricsRead);
        var known = await series.FindAsync(new SeriesFilter { ProjectId = place.Project.Id }, ct);
        var chart = string.IsNullOrWhiteSpace(query.Name) ? Names(place, known) : await ChartAsync(place, query, ct);
        return new ConsoleBody("Metrics", Html.Of($"{Form(place, query, known)}{chart}"));
    }

    private static Html Form(ConsolePlace place, ConsoleMetricQuery query, IReadOnlyList<MetricSeries> known) => Html.Of($"""
        <form method="get" action="{place.PathTo(ConsoleTab.Metrics)}" class="row" aria-label="Chart">
          <label>Metric <input name="name" value="{query.Name}" list="names" required maxlength="200"></label>
          <datalist id="names">{Html.Join(NamesOf(known).Select(name => Html.Of($"""<option value="{name}"></option>""")))}</datalist>
          <label>Figure <select name="agg">{Html.Join(Words.Select(word => Option(word, query.Agg is { Length: > 0 } agg ? agg : Usual)))}</select></label>
          <label>Bucket <input name="interval" value="{Or(query.Interval, Automatic)}" size="6"></label>
          <label>Period <input name="period" value="{Or(query.Period, Day)}" size="6"></label>
          <label>By tag <input name="tag" value="{query.Tag}" size="10"></label>
          <button>Show</button>
        </form>
        """);

    private static Html Names(ConsolePlace place, IReadOnlyList<MetricSeries> known) => PageText.Table(
        "Metrics of the project", ["Metric", "Type", "Series"], known.GroupBy(one => (one.Name, one.Type)).OrderBy(group => group.Key.Name, StringComparer.Ordinal).Select(group => (IReadOnlyList<Html>)
        [
            Html.Of($"""<a href="{place.PathTo(ConsoleTab.Metrics)}?name={Uri.EscapeDataString(group.Key.Name)}">{group.Key.Name}</a>"""), PageText.Text(group.Key.Type), Html.Of($"{group.Count()}"),
        ]));

    private async Task<Html> ChartAsync(ConsolePlace place, ConsoleMetricQuery query, CancellationToken ct)
    {
        var word = Or(query.Agg, Usual);
        var range = TimeWords.ToRange(null, null, Or(query.Period, Day), clock.GetUtcNow());
        var interval = Or(query.Interval, Automatic);
        if (Aggregation.Parse(word) is not { } aggregation || !range.IsOk)
            return Refused("There is no such figure or period.");
        if (interval != Automatic && TimeWords.Length(interval).TotalSeconds is < ShortestInterval or > int.MaxValue)
            return Refused("A bucket is at least 10s long.");
        var report = await aggregates.RunAsync(
            new AggregateQuery(new SeriesFilter { ProjectId = place.Project.Id, Names = [query.Name!.Trim()] }, range.Value, [aggregation])
            {
                AutomaticInterval = interval == Automatic,
                Interval = interval == Automatic ? null : (int)TimeWords.Length(interval).TotalSeconds,
                GroupBy = string.IsNullOrEmpty(query.Tag) ? [] : [$"tag.{query.Tag}"],
            },
            ct);
        if (!report.IsOk)
            return Refused(report.Error.Message);
        var lines = report.Value.Groups.Take(MostLines).Select(group => new ChartLine(group.Key.Values.FirstOrDefault() ?? (group.Key.Count > 0 ? "(without)" : word), [.. group.Buckets.Select(bucket => new ChartPoint(bucket.Start, bucket.Values[word]))]));
        var title = string.Create(CultureInfo.InvariantCulture, $"{word} of {query.Name} per {report.Value.Interval}");
        return Html.Of($"""
            {LineChart.Draw(title, [.. lines])}
            {Html.When(report.Value.Groups.Count > MostLines, () => Html.Of($"<p>The {MostLines} values with the most points of {report.Value.Groups.Count} are shown.</p>"))}
            """);
    }

    private static IEnumerable<string> NamesOf(IReadOnlyList<MetricSeries> known) => known.Select(one => one.Name).Distinct().Order(StringComparer.Ordinal);

    private static Html Option(string word, string chosen) => Html.Of($"<option{(word == chosen ? Html.Of($" selected") : Html.None)}>{word}</option>");

    private static Html Refused(string message) => Html.Of($"""<p class="refusal" role="alert">{message}</p>""");

    private static string Or(string? text, string other) => string.IsNullOrEmpty(text) ? other : text;
}
