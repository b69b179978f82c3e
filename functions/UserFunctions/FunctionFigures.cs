using Microsoft.AspNetCore.Http;
using Platform.Functions.Metrics;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Answers with figures, worked out at most every few seconds.</summary>
public sealed class FunctionFigures(FunctionMetrics metrics, AnalyzeFunction analyze, ReportCache reports)
{
    private const int MostBuckets = 10_000;

    public async Task<object> ReportAsync(HttpRequest http, UserFunction function, FunctionMetricsQuery query, DateTimeOffset now, CancellationToken ct)
    {
        var range = TimeWords.ToRange(query.From, query.To, query.Period, now);
        if (!range.IsOk)
            return (Result<Nothing>)range.Error;
        var (from, to) = (range.Value.From, range.Value.To);
        if (query.Interval is { } word && FunctionMetrics.Count(from, to, (int)TimeWords.Length(word).TotalSeconds) > MostBuckets)
            return (Result<Nothing>)Error.Invalid(Problem.Query("interval", $"The range should have at most {MostBuckets} buckets", "value_error"));
        return await reports.AnswerAsync(
            http, (function.OrganizationId, function.Id), query, async () => (Result<FunctionReport>)await metrics.ReportAsync(function, from, to, query.Interval, query.Version, ct));
    }

    public async Task<object> AnalyzeAsync(HttpRequest http, UserFunction function, FunctionAnalyticsQuery query, DateTimeOffset now, CancellationToken ct)
    {
        var range = TimeWords.ToRange(null, null, query.Period, now);
        return range.IsOk
            ? await reports.AnswerAsync(
                http, (function.OrganizationId, function.Id), query, async () => (Result<FunctionAnalysis>)await analyze.RunAsync(function, range.Value.From, range.Value.To, ct))
            : (Result<Nothing>)range.Error;
    }
}
