using Microsoft.AspNetCore.Http;
using Platform.Audit;

namespace Platform.Functions.Audit;

/// <summary>The audit log of the active organization, as the checks family shows it: the last 90 days, in its own words.</summary>
[Api(Family.Checks)]
public sealed class ChecksAuditFunctions(AuditLog log, TimeProvider clock)
{
    private static readonly TimeSpan Shown = TimeSpan.FromDays(90);

    /// <summary>List audit entries of the last 90 days, newest first.</summary>
    [Function("ChecksAudit_List")]
    [Operation(Permissions.AuditRead, Rate.Default, Query = typeof(ChecksAuditQuery))]
    public async Task<Result<ChecksAuditAnswer>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "api/audit")] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<ChecksAuditQuery>();
        if (!query.IsOk)
            return query.Error;
        var from = clock.GetUtcNow() - Shown;
        var stored = (await log.ActionsAsync(from, ct)).ConvertAll(found => new StoredAction(found.Action, found.Outcome, ChecksActions.WordOf(found.Action, found.Outcome)));
        var page = await log.ListAsync(ToQuery(query.Value, from, stored), ct);
        return Answer(query.Value, page, stored);
    }

    private static AuditQuery ToQuery(ChecksAuditQuery query, DateTimeOffset from, List<StoredAction> stored)
    {
        var search = query.Search?.Trim() is { Length: > 0 } text ? text : null;
        var wanted = query.Action is { Length: > 0 } word ? stored.FindAll(found => found.Word == word) : null;
        return new AuditQuery
        {
            Actions = wanted is null ? [] : [.. wanted.Select(found => found.Action).DefaultIfEmpty("").Distinct()],
            Outcomes = wanted is null ? [] : [.. wanted.Select(found => found.Outcome).Distinct()],
            Search = search,
            SearchedActions = search is null ? null : [.. stored.Where(found => found.Word.Contains(search, StringComparison.OrdinalIgnoreCase)).Select(found => found.Action)],
            From = from,
            OldestFirst = query.SortOrder == AuditLogOrder.Asc,
            Limit = query.Limit,
            Offset = (query.Page - 1) * query.Limit,
        };
    }

    private sealed record StoredAction(string Action, AuditOutcome Outcome, string Word);

    private static ChecksAuditAnswer Answer(ChecksAuditQuery query, Page<AuditRecord> page, List<StoredAction> stored)
    {
        var pages = (page.Total + query.Limit - 1) / query.Limit;
        var pagination = new ChecksAuditPages(query.Page, pages, page.Total, query.Limit, query.Page < pages, query.Page > 1);
        var words = stored.Select(found => found.Word).Distinct().Order(StringComparer.Ordinal).ToList();
        return new ChecksAuditAnswer(true, new ChecksAuditData([.. page.Items.Select(ChecksAuditEntry.From)], pagination, new ChecksAuditFilters(words)));
    }
}
