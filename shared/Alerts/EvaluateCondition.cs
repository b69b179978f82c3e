using System.Text.RegularExpressions;
using Platform.Data;
using Platform.Metrics;

namespace Platform.Alerts;

/// <summary>Evaluates conditions over a project's metrics at a moment; at most 2 s.</summary>
public sealed class EvaluateCondition(PlatformDbContext db, WindowQueries windows, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    public async Task<Result<Evaluation>> RunAsync(Guid projectId, Condition condition, DateTimeOffset at, CancellationToken ct)
    {
        try
        {
            return await db.ReadWithinAsync(Longest, AlertErrors.Late, clock, cut => ReadAsync(projectId, condition, at, cut), ct);
        }
        catch (RegexMatchTimeoutException)
        {
            return AlertErrors.PatternLate;
        }
    }

    /// <summary>The names in a condition of which the project has no point yet.</summary>
    public async Task<IReadOnlyList<string>> FindUnknownAsync(Guid projectId, Condition condition, CancellationToken ct)
    {
        List<string> unknown = [];
        foreach (var metric in CallsIn(condition).Select(call => call.Metric).Distinct(StringComparer.Ordinal))
        {
            if (!await windows.KnowsAsync(projectId, metric, ct))
                unknown.Add(metric);
        }

        return unknown;
    }

    private async Task<Result<Evaluation>> ReadAsync(Guid projectId, Condition condition, DateTimeOffset at, CancellationToken ct)
    {
        var figures = new Dictionary<string, WindowFigure>(StringComparer.Ordinal);
        foreach (var call in CallsIn(condition))
        {
            if (figures.ContainsKey(call.ToString()))
                continue;
            var figure = await windows.ReadAsync(projectId, call.Metric, series => call.Matches.All(match => match.Fits(series)), call.Aggregation, at, call.WindowSeconds, ct);
            if (!figure.IsOk)
                return figure.Error;
            figures.Add(call.ToString(), figure.Value);
        }

        return Evaluation.Of(condition, figures);
    }

    internal static IEnumerable<MetricCall> CallsIn(Condition condition) => condition switch
    {
        AllOf all => all.Parts.SelectMany(CallsIn),
        AnyOf any => any.Parts.SelectMany(CallsIn),
        Not not => CallsIn(not.Part),
        Comparison comparison => CallsIn(comparison.Left).Concat(CallsIn(comparison.Right)),
        _ => [],
    };

    private static IEnumerable<MetricCall> CallsIn(Quantity quantity) => quantity switch
    {
        MetricCall call => [call],
        Negation negation => CallsIn(negation.Part),
        Arithmetic arithmetic => CallsIn(arithmetic.Left).Concat(CallsIn(arithmetic.Right)),
        _ => [],
    };
}
