using Microsoft.AspNetCore.Http;
using Platform.Audit;
using Platform.Functions.Executions;

namespace Platform.Functions.Audit;

/// <summary>The audit log of the active organization, as the delivery family shows it.</summary>
[Api(Family.Delivery)]
public sealed class AuditLogFunctions(AuditLog log, Caller caller, TimeProvider clock)
{
    /// <summary>List the organization's audit entries, newest first; with <c>format=csv</c> all of them, at most 50 000, as a file.</summary>
    [Function("AuditLogs_List")]
    [Operation(Permissions.AuditRead, Rate.Default, Query = typeof(AuditLogQuery), Response = typeof(IReadOnlyList<AuditLogEntry>))]
    public async Task<IResultValue?> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/security/audit-logs")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<AuditLogQuery>();
        return query.IsOk ? await AnswerAsync(http.HttpContext.Response, query.Value, about: null, ct) : (Result<Nothing>)query.Error;
    }

    /// <summary>List the entries in which a user acts or is acted on; one's own need no permission.</summary>
    [Function("AuditLogs_ListOfUser")]
    [Operation(Permissions.AuditRead, Rate.Default, ObjectFirst = true, Query = typeof(AuditLogQuery), Response = typeof(IReadOnlyList<AuditLogEntry>))]
    public async Task<IResultValue?> ListOfUserAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/security/audit-logs/{userId}")] HttpRequest http, string userId, CancellationToken ct)
    {
        var id = userId.ToId();
        if (await log.RefusalAsync(id, ct) is { } refusal)
            return (Result<Nothing>)refusal;
        var query = http.ReadQuery<AuditLogQuery>();
        return query.IsOk ? await AnswerAsync(http.HttpContext.Response, query.Value, id, ct) : (Result<Nothing>)query.Error;
    }

    private async Task<IResultValue?> AnswerAsync(HttpResponse response, AuditLogQuery query, Guid? about, CancellationToken ct)
    {
        var reader = caller.Can(Permissions.AuditRead) ? null : caller.UserId;
        if (query.Format == AuditLogFormat.Csv)
        {
            var records = await log.ExportAsync(query.ToQuery(about), ct);
            await AuditLogFile.WriteAsync(response, records.Select(record => AuditLogEntry.From(record, reader)), clock.GetUtcNow(), ct);
            return null; // the file was the answer
        }

        var page = await log.ListAsync(query.ToQuery(about), ct);
        return (Result<Page<AuditLogEntry>>)new Page<AuditLogEntry>([.. page.Items.Select(record => AuditLogEntry.From(record, reader))], page.Total, page.Limit, page.Offset);
    }
}
