using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Platform.Builds;
using Platform.Functions.Http;

namespace Platform.Functions.Builds;

/// <summary>Logs of builds: reported, read, followed.</summary>
[Api(Family.Delivery)]
public sealed class BuildLogFunctions(BuildQueries builds, AppendLog append, LogReader logs, BuildLogStream stream)
{
    private const string Logs = "api/builds/{buildId}/logs";

    /// <summary>Add lines to the log of a build.</summary>
    [Function("BuildLogs_Append")]
    [Operation(Permissions.BuildsReport, Rate.Ingest, Success = 201, ObjectFirst = true, Idempotent = true, Body = typeof(NewLogLines))]
    public async Task<Result<AcceptedLines>> AppendAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = Logs)] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsReport, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<NewLogLines>(ct) : found.Error;
        return body.IsOk ? await append.ReportAsync(found.Value.Id, body.Value, ct) : body.Error;
    }

    /// <summary>Read the log of a build, or wait for its next lines.</summary>
    [Function("BuildLogs_Read")]
    [Operation(Permissions.BuildsRead, Rate.Default, ObjectFirst = true, Query = typeof(LogQuery), Response = typeof(Page<LogLine>))]
    public async Task<object> ReadAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = Logs)] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsRead, ct);
        var query = found.IsOk ? http.ReadQuery<LogQuery>() : found.Error;
        if (!query.IsOk)
            return (Result<Nothing>)query.Error;
        var page = await logs.ReadAsync(found.Value.Id, query.Value, ct);
        if (query.Value.Format == LogFormat.Json)
            return (Result<Page<LogLine>>)new Page<LogLine>(page.Lines, page.Total, page.Limit, page.Offset) { More = new Dictionary<string, object> { ["nextAfter"] = page.NextAfter, ["complete"] = page.Complete } };
        var detail = await builds.DetailAsync(found.Value, ct);
        var names = detail.Steps.ToDictionary(step => step.Id, step => step.Name);
        http.HttpContext.Response.Headers.CacheControl = "no-store";
        return Results.Text(string.Concat(page.Lines.Select(line => TextOf(line, names))), "text/plain", Encoding.UTF8);
    }

    /// <summary>Follow the log of a build until its end, as server-sent events whose ids are the sequences of lines.</summary>
    [Function("BuildLogs_Stream")]
    [Operation(Permissions.BuildsRead, Rate.Default, ObjectFirst = true, Stream = true, Query = typeof(LogStreamQuery))]
    public async Task<IResultValue?> StreamAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{Logs}/stream")] HttpRequest http, string buildId, CancellationToken ct)
    {
        var found = await builds.FindAsync(buildId.ToId(), Permissions.BuildsRead, ct);
        var query = found.IsOk ? http.ReadQuery<LogStreamQuery>() : found.Error;
        if (!query.IsOk)
            return (Result<Nothing>)query.Error;
        var after = long.TryParse(http.Headers["Last-Event-ID"].FirstOrDefault(), NumberStyles.None, CultureInfo.InvariantCulture, out var seen) ? seen : query.Value.After;
        if (await stream.ServeAsync(http.Api(), found.Value.Id, after, ct) is { } refused)
            return (Result<Nothing>)refused;
        return null; // the stream was the answer
    }

    private static string TextOf(LogLine line, Dictionary<Guid, string> names)
    {
        var step = line.StepId is { } id && names.TryGetValue(id, out var name) ? $"[{name}] " : "";
        return $"{WireTime.ToText(line.Timestamp)} {step}{LogText.Plain(line.Message)}\n";
    }
}

/// <summary>Query of <c>GET /api/builds/{buildId}/logs/stream</c>.</summary>
public sealed record LogStreamQuery
{
    /// <summary>Only lines with a greater sequence; the header <c>Last-Event-ID</c> wins.</summary>
    [System.ComponentModel.DataAnnotations.Range(0, long.MaxValue)]
    public long After { get; init; }
}
