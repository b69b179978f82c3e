using Microsoft.EntityFrameworkCore;
using Platform.Dashboards;
using Platform.Data;
using Platform.Identity;
using Platform.Metrics;

namespace Platform.UserFunctions;

/// <summary>A function and how often it ran or failed.</summary>
public sealed record DashboardFunction(Guid Id, string Name, int Count);

/// <summary>The project's functions and their invocations by callers; tests and probes do not count, nor do those that were throttled.</summary>
/// <param name="P95DurationMs">Of what ran to its end.</param>
/// <param name="DeltaPct">Change against the period before, by figure.</param>
public sealed record DashboardFunctionFigures(
    int Total,
    int Enabled,
    int Invocations,
    int Errors,
    double? ErrorRate,
    long? P95DurationMs,
    double? ColdStartRate,
    IReadOnlyList<DashboardFunction> TopByInvocations,
    IReadOnlyList<DashboardFunction> TopByErrors,
    IReadOnlyDictionary<string, double?> DeltaPct);

/// <summary>The dashboard's part <c>functions</c>.</summary>
public sealed class FunctionDashboard(PlatformDbContext db, InvocationJournal journal) : IDashboardPart
{
    private const int Most = 5;

    public string Name => "functions";

    public string Permission => Permissions.FunctionsRead;

    public async Task<Result<object>> ReadAsync(DashboardRange range, CancellationToken ct)
    {
        await journal.FlushAsync(ct);
        var functions = await db.UserFunctions.AsNoTracking().Where(function => function.ProjectId == range.ProjectId).Select(function => new { function.Id, function.Name, function.Enabled }).ToListAsync(ct);
        var names = functions.ToDictionary(function => function.Id, function => function.Name);
        var (now, before) = (await PeriodAsync(range.ProjectId, range.From, range.To, ct), await PeriodAsync(range.ProjectId, range.PreviousFrom, range.From, ct));
        return new DashboardFunctionFigures(
            functions.Count, functions.Count(function => function.Enabled), now.Invocations, now.Errors, now.ErrorRate, now.P95Ms, now.ColdStartRate,
            Top(now.Counts, names, count => count.Invocations), Top(now.Counts, names, count => count.Errors), new Dictionary<string, double?>
            {
                ["invocations"] = Delta.Pct(now.Invocations, before.Invocations),
                ["errors"] = Delta.Pct(now.Errors, before.Errors),
                ["errorRate"] = Delta.Pct(now.ErrorRate, before.ErrorRate),
                ["p95DurationMs"] = Delta.Pct(now.P95Ms, before.P95Ms),
                ["coldStartRate"] = Delta.Pct(now.ColdStartRate, before.ColdStartRate),
            });
    }

    private static List<DashboardFunction> Top(IEnumerable<Count> counts, Dictionary<Guid, string> names, Func<Count, int> figure) =>
        [.. counts.Where(count => figure(count) > 0 && names.ContainsKey(count.FunctionId)).OrderByDescending(figure).ThenBy(count => names[count.FunctionId], StringComparer.Ordinal).Take(Most)
            .Select(count => new DashboardFunction(count.FunctionId, names[count.FunctionId], figure(count)))];

    private async Task<Period> PeriodAsync(Guid projectId, DateTimeOffset from, DateTimeOffset to, CancellationToken ct)
    {
        var ran = db.FunctionInvocations.AsNoTracking().Where(row =>
            row.ProjectId == projectId && row.Trigger == InvocationTrigger.Invoke && row.Status != InvocationStatus.Throttled && row.CreatedAt >= from && row.CreatedAt < to);
        var counts = await ran.GroupBy(row => row.FunctionId)
            .Select(group => new Count(group.Key, group.Count(), group.Count(row => row.Status != InvocationStatus.Success), group.Count(row => row.ColdStart))).ToListAsync(ct);
        var timed = ran.Where(row => row.Status != InvocationStatus.Timeout);
        return new Period(counts, await NinetyFifthAsync(timed, ct));
    }

    // The percentile lies between two neighbours, which the database finds by their place.
    private static async Task<long?> NinetyFifthAsync(IQueryable<FunctionInvocation> rows, CancellationToken ct)
    {
        var count = await rows.CountAsync(ct);
        if (count == 0)
            return null;
        var rank = 0.95 * (count - 1);
        var pair = await rows.OrderBy(row => row.DurationMs).ThenBy(row => row.Id).Skip((int)rank).Take(2).Select(row => row.DurationMs).ToListAsync(ct);
        return (long)Math.Round(pair[0] + ((rank - (int)rank) * (pair[^1] - pair[0])));
    }

    private sealed record Count(Guid FunctionId, int Invocations, int Errors, int ColdStarts);

    private sealed record Period(IReadOnlyList<Count> Counts, long? P95Ms)
    {
        public int Invocations => Counts.Sum(count => count.Invocations);

        public int Errors => Counts.Sum(count => count.Errors);

        public double? ErrorRate => Delta.Rate(Errors, Invocations);

        public double? ColdStartRate => Delta.Rate(Counts.Sum(count => count.ColdStarts), Invocations);
    }
}
