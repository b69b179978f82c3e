using System.Globalization;

namespace Platform.Functions.Pages;

/// <summary>A value at a time; null is a gap.</summary>
internal readonly record struct ChartPoint(DateTimeOffset At, double? Value);

/// <summary>One line of a chart; its points are in the order of time.</summary>
internal sealed record ChartLine(string Name, IReadOnlyList<ChartPoint> Points);

/// <summary>
/// Draws lines over time as SVG on the server: no script, no style attribute (which the pages' policy refuses), colours by class. For readers who do not see it the
/// figure says what it shows, and its values stand below in a table.
/// </summary>
internal static class LineChart
{
    private const int Width = 720;
    private const int Height = 220;
    private const int Left = 64;
    private const int Right = 12;
    private const int Top = 12;
    private const int Bottom = 26;
    private const int Ticks = 4;

    private static readonly double[] Steps = [1, 2, 2.5, 5, 10, 20];

    /// <param name="title">What is shown, with its unit.</param>
    /// <param name="lines">At most six are told apart by colour.</param>
    /// <param name="threshold">A level to compare with.</param>
    public static Html Draw(string title, IReadOnlyList<ChartLine> lines, double? threshold = null)
    {
        var points = lines.SelectMany(line => line.Points).ToList();
        var values = points.Where(point => point.Value is { } value && double.IsFinite(value)).Select(point => point.Value!.Value).ToList();
        if (values.Count == 0)
            return Html.Of($"""<figure class="chart"><figcaption>{title}</figcaption><p>No points in this time.</p></figure>""");
        var scale = Scale.Of(points, threshold is { } level ? [.. values, level] : values);
        var drawn = Html.Join(lines.Select((line, number) => Line(line, number % 6, scale)));
        var legend = lines.Count < 2
            ? Html.None
            : Html.Of($"""<ul class="legend">{Html.Join(lines.Select((line, number) => Html.Of($"""<li class="c{number % 6}">{line.Name}</li>""")))}</ul>""");
        return Html.Of($"""
            <figure class="chart"><figcaption>{title}</figcaption>
            <svg viewBox="0 0 {Width} {Height}" role="img" aria-label="{Summary(title, values, threshold)}">{Axes(scale)}{Level(threshold, scale)}{drawn}</svg>
            {legend}<details><summary>Values</summary>{Values(title, lines)}</details></figure>
            """);
    }

    private static string Summary(string title, List<double> values, double? threshold) =>
        $"{title}: from {PageText.Number(values.Min())} to {PageText.Number(values.Max())}" + (threshold is { } level ? $", threshold {PageText.Number(level)}" : "");

    private static Html Axes(Scale scale)
    {
        var rows = Enumerable.Range(0, Ticks + 1).Select(tick => scale.Low + ((scale.High - scale.Low) * tick / Ticks)).Select(value => Html.Of($"""
            <line class="grid" x1="{Left}" y1="{scale.Y(value)}" x2="{Width - Right}" y2="{scale.Y(value)}"></line><text class="y" x="{Left - 6}" y="{scale.Y(value)}">{PageText.Number(value)}</text>
            """));
        var times = Enumerable.Range(0, 3).Select(part => scale.From + ((scale.To - scale.From) * part / 2)).Select((time, part) => Html.Of($"""
            <text class="x{part}" x="{scale.X(time)}" y="{Height - 8}">{time.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)}</text>
            """));
        return Html.Of($"{Html.Join(rows)}{Html.Join(times)}");
    }

    private static Html Level(double? threshold, Scale scale) => threshold is { } level
        ? Html.Of($"""<line class="threshold" x1="{Left}" y1="{scale.Y(level)}" x2="{Width - Right}" y2="{scale.Y(level)}"></line>""")
        : Html.None;

    // A gap ends a line; a point between two gaps is a dot.
    private static Html Line(ChartLine line, int colour, Scale scale)
    {
        var parts = new List<Html>();
        var run = new List<ChartPoint>();
        foreach (var point in line.Points.Append(default))
        {
            if (point.Value is { } value && double.IsFinite(value))
            {
                run.Add(point);
                continue;
            }

            if (run.Count == 1)
                parts.Add(Html.Of($"""<circle class="c{colour}" cx="{scale.X(run[0].At)}" cy="{scale.Y(run[0].Value!.Value)}" r="2.5"></circle>"""));
            else if (run.Count > 1)
                parts.Add(Html.Of($"""<polyline class="c{colour}" points="{string.Join(' ', run.Select(found => $"{scale.X(found.At)},{scale.Y(found.Value!.Value)}"))}"></polyline>"""));
            run.Clear();
        }

        return Html.Join(parts);
    }

    private static Html Values(string title, IReadOnlyList<ChartLine> lines)
    {
        var times = lines.SelectMany(line => line.Points).Where(point => point.Value is not null).Select(point => point.At).Distinct().Order().ToList();
        var byTime = lines.Select(line => line.Points.GroupBy(point => point.At).ToDictionary(group => group.Key, group => group.Last().Value)).ToList();
        return PageText.Table(
            title, ["Time (UTC)", .. lines.Select(line => line.Name)], times.Select(time => (IReadOnlyList<Html>)[PageText.Time(time), .. byTime.Select(values => PageText.Text(PageText.Number(values.GetValueOrDefault(time))))]));
    }

    private sealed record Scale(DateTimeOffset From, DateTimeOffset To, double Low, double High)
    {
        public static Scale Of(List<ChartPoint> points, List<double> values)
        {
            var (low, high) = Round(Math.Min(0, values.Min()), Math.Max(0, values.Max()));
            return new Scale(points.Min(point => point.At), points.Max(point => point.At), low, high);
        }

        public string X(DateTimeOffset time) => Text(Left + (To == From ? 0.5 : (time - From) / (To - From)) * (Width - Left - Right));

        // Halves keep what both bounds together would leave the range of a number.
        public string Y(double value) => Text(Top + (((High / 2) - (value / 2)) / ((High / 2) - (Low / 2)) * (Height - Top - Bottom)));

        /// <summary>Bounds whose quarters are easy to read: the step between them is 1, 2, 2.5 or 5 times a power of ten.</summary>
        private static (double Low, double High) Round(double low, double high)
        {
            if (high == low)
                return (0, 1);
            var power = Math.Pow(10, Math.Floor(Math.Log10((high / Ticks) - (low / Ticks))));
            foreach (var step in Steps.Select(step => step * power))
            {
                var bottom = Math.Floor(low / step) * step;
                if (double.IsFinite(bottom + (Ticks * step)) && bottom + (Ticks * step) >= high)
                    return (bottom, bottom + (Ticks * step));
            }

            return (low, high); // at the edge of the range of numbers
        }

        private static string Text(double place) => place.ToString("0.#", CultureInfo.InvariantCulture);
    }
}
