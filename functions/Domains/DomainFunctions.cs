using Microsoft.AspNetCore.Http;
using Platform.Domains;
using Platform.Functions.Http;
using Platform.Identity;
using Platform.Organizations;
using Platform.RateLimits;

namespace Platform.Functions.Domains;

/// <summary>Domains of projects, verified by DNS.</summary>
[Api(Family.Delivery)]
public sealed class DomainFunctions(DomainService domains, DomainQueries queries, DomainName names, RequestedProject projects)
{
    private const string All = "api/settings/domains";
    private const string One = $"{All}/{{domainId}}";

    /// <summary>Add a domain and learn the TXT record that verifies it.</summary>
    [Function("Domains_Create")]
    [Operation(Permissions.DomainsManage, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "domain.add", Body = typeof(DomainBody))]
    public async Task<Result<DomainView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<DomainBody>(ct);
        var project = await projects.EnterAsync(body.IsOk ? body.Value.ProjectId : null, Permissions.DomainsManage, ct);
        if (!project.IsOk || !body.IsOk)
            return (project.Error ?? body.Error)!;
        var name = names.Normalize(body.Value.Name);
        if (!name.IsOk)
            return name.Error;
        var added = await domains.AddAsync(project.Value, new DomainDraft(name.Value, body.Value.Target?.ToTarget(), DomainBody.Redirect(body.Value.RedirectTo)), DomainView.Of, ct);
        return added.IsOk ? DomainView.Of(added.Value) : added.Error;
    }

    /// <summary>List domains with the state of their verification.</summary>
    [Function("Domains_List")]
    [Operation(Permissions.DomainsRead, Rate.Default, ObjectFirst = true, Query = typeof(DomainQuery))]
    public async Task<Result<Page<DomainView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<DomainQuery>();
        var project = await projects.EnterOneOrAllAsync(query.IsOk ? query.Value.ProjectId : null, Permissions.DomainsRead, ct);
        if (!project.IsOk || !query.IsOk)
            return (project.Error ?? query.Error)!;
        var page = await queries.ListAsync(query.Value.ToFilter(project.Value), query.Value.Offset, query.Value.Limit, ct);
        return new Page<DomainView>([.. page.Items.Select(DomainView.Of)], page.Total, page.Limit, page.Offset);
    }

    /// <summary>Change what a domain leads to, make it the primary one, or look for its record now.</summary>
    [Function("Domains_Update")]
    [Operation(Permissions.DomainsManage, Rate.Default, ObjectFirst = true, Audit = "domain.update", Body = typeof(DomainChangeBody))]
    public async Task<Result<DomainView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest http, string domainId, CancellationToken ct)
    {
        var found = await queries.FindAsync(domainId.ToId(), Permissions.DomainsManage, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<DomainChangeBody>(ct) : found.Error;
        var changed = body.IsOk ? await domains.ChangeAsync(found.Value, body.Value.ToChange(), ct) : body.Error;
        return changed.IsOk ? DomainView.Of(changed.Value) : changed.Error;
    }

    /// <summary>Remove a domain.</summary>
    [Function("Domains_Delete")]
    [Operation(Permissions.DomainsManage, Rate.Default, ObjectFirst = true, Audit = "domain.remove")]
    public async Task<Result<DomainRemovedView>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string domainId, CancellationToken ct)
    {
        var found = await queries.FindAsync(domainId.ToId(), Permissions.DomainsManage, ct);
        var removed = found.IsOk ? await domains.RemoveAsync(found.Value, ct) : found.Error;
        return removed.IsOk ? new DomainRemovedView(removed.Value.Id, removed.Value.Name, Deleted: true) : removed.Error;
    }
}
