using Microsoft.EntityFrameworkCore;

using Platform.Data;

namespace Platform.Audit;

/// <summary>Turns an <see cref="AuditQuery"/> into a database query over entries of one organization.</summary>
internal static class AuditFilters
{
    public static IQueryable<AuditEntry> Matching(this PlatformDbContext db, Guid organizationId, AuditQuery query)
    {
        var entries = db.AuditEntries.AsNoTracking().Where(entry => entry.OrganizationId == organizationId);
        entries = ByTime(entries, query);
        entries = ByAction(entries, query);
        entries = ByActor(entries, query);
        entries = ByResource(entries, query);
        if (query.Outcomes.Count > 0)
            entries = entries.Where(entry => query.Outcomes.Contains(entry.Outcome));
        return query.Search is { Length: > 0 } text ? Searched(db, entries, text, query.SearchedActions) : entries;
    }

    public static IOrderedQueryable<AuditEntry> InOrderOf(this IQueryable<AuditEntry> entries, AuditQuery query) => query.OldestFirst
        ? entries.OrderBy(entry => entry.Timestamp).ThenBy(entry => entry.Id)
        : entries.OrderByDescending(entry => entry.Timestamp).ThenByDescending(entry => entry.Id);

    private static IQueryable<AuditEntry> ByTime(IQueryable<AuditEntry> entries, AuditQuery query)
    {
        if (query.From is { } from)
            entries = entries.Where(entry => entry.Timestamp >= from);
        if (query.To is { } to)
            entries = entries.Where(entry => entry.Timestamp < to);
        return entries;
    }

    private static IQueryable<AuditEntry> ByAction(IQueryable<AuditEntry> entries, AuditQuery query)
    {
        var words = query.Actions.Where(action => !action.EndsWith('*')).ToList();
        var beginnings = query.Actions.Where(action => action.EndsWith('*')).Select(action => action[..^1]).ToList();
        if (query.Actions.Count > 0)
            entries = entries.Where(entry => words.Contains(entry.Action) || beginnings.Any(beginning => entry.Action.StartsWith(beginning)));
        if (query.ActionsHidden is { Count: > 0 } hidden)
            entries = entries.Where(entry => !hidden.Any(beginning => entry.Action.StartsWith(beginning)));
        return entries;
    }

    private static IQueryable<AuditEntry> ByActor(IQueryable<AuditEntry> entries, AuditQuery query)
    {
        if (query.ActorIds.Count > 0)
            entries = entries.Where(entry => entry.ActorId != null && query.ActorIds.Contains(entry.ActorId.Value));
        if (query.ActorTypes.Count > 0)
            entries = entries.Where(entry => query.ActorTypes.Contains(entry.ActorType));
        if (query.IpAddresses.Count > 0)
            entries = entries.Where(entry => query.IpAddresses.Contains(entry.IpAddress));
        if (query.About is not { } user)
            return entries;
        var id = user.ToString("D");
        return entries.Where(entry => entry.ActorId == user || entry.ResourceId == id);
    }

    private static IQueryable<AuditEntry> ByResource(IQueryable<AuditEntry> entries, AuditQuery query)
    {
        if (query.ResourceTypes.Count > 0)
            entries = entries.Where(entry => query.ResourceTypes.Contains(entry.ResourceType));
        if (query.ResourceIds.Count > 0)
            entries = entries.Where(entry => query.ResourceIds.Contains(entry.ResourceId));
        if (query.ProjectIds.Count > 0)
            entries = entries.Where(entry => entry.ProjectId != null && query.ProjectIds.Contains(entry.ProjectId.Value));
        return entries;
    }

    private static IQueryable<AuditEntry> Searched(PlatformDbContext db, IQueryable<AuditEntry> entries, string text, IReadOnlyList<string>? actions)
    {
        var part = text.ToLowerInvariant();
#pragma warning disable CA1862 // the database knows no StringComparison
        return actions is null
            ? entries.Where(entry => entry.ResourceName!.ToLower().Contains(part) || db.Users.Any(user => user.Id == entry.ActorId && user.UsernameKey.Contains(part)))
            : entries.Where(entry => actions.Contains(entry.Action) || entry.ResourceType.Contains(part) || entry.ResourceName!.ToLower().Contains(part) || entry.ResourceId == text
                || db.Users.Any(user => user.Id == entry.ActorId && (user.UsernameKey.Contains(part) || user.DisplayName.ToLower().Contains(part) || user.EmailKey!.Contains(part))));
#pragma warning restore CA1862
    }
}
