using Microsoft.AspNetCore.Http;
using Platform.Functions.Metrics;
using Platform.UserFunctions;

namespace Platform.Functions.UserFunctions;

/// <summary>Tests of functions, their logs and figures.</summary>
[Api(Family.Delivery)]
public sealed class FunctionInvocationFunctions(
    FunctionQueries functions, TestFunction test, InvocationQueries invocations, FunctionFigures figures, TimeProvider clock)
{
    private const string One = "api/functions/{functionId}";

    /// <summary>Run any version, or code that is not kept, once in a fresh worker.</summary>
    [Function("Functions_Test")]
    [Operation(Permissions.FunctionsInvoke, Rate.Invoke, ObjectFirst = true, Audit = "function.test", Body = typeof(FunctionTest), BodyLimit = FunctionInvokeFunctions.PayloadLimit)]
    public async Task<Result<InvocationView>> TestAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/test")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsInvoke, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<FunctionTest>(ct) : found.Error;
        var tested = body.IsOk ? await test.RunAsync(found.Value, body.Value) : body.Error;
        return tested.IsOk ? InvocationView.Of(tested.Value, allLines: true) : tested.Error;
    }

    /// <summary>List invocations with their log lines, or the lines alone.</summary>
    [Function("Functions_ListLogs")]
    [Operation(Permissions.FunctionsLogs, Rate.Default, ObjectFirst = true, Query = typeof(FunctionLogFilter), Response = typeof(Page<InvocationRecordView>), AlternativeResponse = typeof(Page<FunctionLogEntry>))]
    public async Task<object> ListLogsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/logs")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsLogs, ct);
        var filter = found.IsOk ? http.ReadQuery<FunctionLogFilter>() : found.Error;
        if (!filter.IsOk)
            return (Result<Nothing>)filter.Error;
        if (filter.Value.View == LogView.Lines)
            return (Result<Page<FunctionLogEntry>>)await invocations.LinesAsync(found.Value.Id, filter.Value, ct);
        var page = await invocations.ListAsync(found.Value.Id, filter.Value, ct);
        return (Result<Page<InvocationRecordView>>)new Page<InvocationRecordView>([.. page.Items.Select(InvocationRecordView.Of)], page.Total, page.Limit, page.Offset);
    }

    /// <summary>Work out the figures of a period.</summary>
    [Function("Functions_GetMetrics")]
    [Operation(Permissions.FunctionsRead, Rate.Default, ObjectFirst = true, Query = typeof(FunctionMetricsQuery), Response = typeof(FunctionReport))]
    public async Task<object> GetMetricsAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/metrics")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsRead, ct);
        var query = found.IsOk ? http.ReadQuery<FunctionMetricsQuery>() : found.Error;
        return query.IsOk ? await figures.ReportAsync(http, found.Value, query.Value, clock.GetUtcNow(), ct) : (Result<Nothing>)query.Error;
    }

    /// <summary>Work out trends, errors, callers and cost of a period.</summary>
    [Function("Functions_Analyze")]
    [Operation(Permissions.FunctionsRead, Rate.Default, ObjectFirst = true, Query = typeof(FunctionAnalyticsQuery), Response = typeof(FunctionAnalysis))]
    public async Task<object> AnalyzeAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/analytics")] HttpRequest http, string functionId, CancellationToken ct)
    {
        var found = await functions.FindAsync(functionId.ToId(), Permissions.FunctionsRead, ct);
        var query = found.IsOk ? http.ReadQuery<FunctionAnalyticsQuery>() : found.Error;
        return query.IsOk ? await figures.AnalyzeAsync(http, found.Value, query.Value, clock.GetUtcNow(), ct) : (Result<Nothing>)query.Error;
    }
}
