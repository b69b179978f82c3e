using Microsoft.AspNetCore.Http;
using Platform.Alerts;
using Platform.Functions.Http;
using Platform.Organizations;

namespace Platform.Functions.Alerts;

/// <summary>Alerts over the metrics of a project.</summary>
[Api(Family.Delivery)]
public sealed class AlertFunctions(AlertQueries queries, CreateAlert create, ChangeAlert change, EvaluateCondition evaluate, RequestedProject project, TimeProvider clock)
{
    private const string All = "api/alerts";
    private const string One = $"{All}/{{alertId}}";

    /// <summary>Create an alert with an expression or a condition.</summary>
    [Function("Alerts_Create")]
    [Operation(Permissions.AlertsManage, Rate.Default, Success = 201, ObjectFirst = true, Idempotent = true, Audit = "alert.create", Body = typeof(AlertRequest))]
    public async Task<Result<AlertView>> CreateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var body = await http.ReadBodyAsync<AlertRequest>(ct);
        var place = await project.EnterAsync(body.IsOk ? body.Value.ProjectId : null, Permissions.AlertsManage, ct);
        if (!place.IsOk || !body.IsOk)
            return (place.Error ?? body.Error)!;
        var condition = AlertForms.Parse(body.Value.Expression, body.Value.Condition);
        if (!condition.IsOk)
            return condition.Error;
        if (body.Value.Channels.Count > 0)
            return AlertErrors.ChannelNotFound;
        return await create.CreateAsync(
            place.Value, AlertForms.ToDraft(body.Value, condition.Value), condition.Value, (alert, unknown) => AlertView.Of(alert, clock.GetUtcNow(), unknown), ct);
    }

    /// <summary>List alerts, the firing ones first.</summary>
    [Function("Alerts_List")]
    [Operation(Permissions.AlertsRead, Rate.Default, ObjectFirst = true, Query = typeof(AlertListQuery))]
    public async Task<Result<Page<AlertView>>> ListAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = All)] HttpRequest http, CancellationToken ct)
    {
        var query = http.ReadQuery<AlertListQuery>();
        var place = await project.EnterOneOrAllAsync(query.IsOk ? query.Value.ProjectId : null, Permissions.AlertsRead, ct);
        if (!place.IsOk || !query.IsOk)
            return (place.Error ?? query.Error)!;
        var page = await queries.ListAsync(query.Value.ToFilter(place.Value), query.Value.Limit, query.Value.Offset, ct);
        var now = clock.GetUtcNow();
        return new Page<AlertView>([.. page.Items.Select(alert => AlertView.Of(alert, now))], page.Total, page.Limit, page.Offset);
    }

    /// <summary>Change an alert. Another expression or answer to missing data, and switching off, close an open incident.</summary>
    [Function("Alerts_Update")]
    [Operation(Permissions.AlertsManage, Rate.Default, ObjectFirst = true, Audit = "alert.update", Body = typeof(AlertChangeRequest))]
    public async Task<Result<AlertView>> UpdateAsync([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = One)] HttpRequest http, string alertId, CancellationToken ct)
    {
        var found = await queries.FindAsync(alertId.ToId(), Permissions.AlertsManage, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<AlertChangeRequest>(ct) : found.Error;
        if (!body.IsOk)
            return body.Error;
        var isNew = (body.Value.Expression ?? (object?)body.Value.Condition) is not null;
        var condition = AlertForms.Parse(isNew ? body.Value.Expression : found.Value.Expression, body.Value.Condition);
        if (!condition.IsOk)
            return condition.Error;
        if (body.Value.Channels.Count > 0)
            return AlertErrors.ChannelNotFound;
        var unknown = isNew ? await evaluate.FindUnknownAsync(found.Value.ProjectId, condition.Value, ct) : null;
        var updated = await change.UpdateAsync(found.Value, body.Value.ToDraft(AlertDraft.Of(found.Value), condition.Value.ToString()), ct);
        return updated.IsOk ? AlertView.Of(updated.Value, clock.GetUtcNow(), unknown) : updated.Error;
    }

    /// <summary>Delete an alert; an open incident is closed.</summary>
    [Function("Alerts_Delete")]
    [Operation(Permissions.AlertsManage, Rate.Default, ObjectFirst = true, Audit = "alert.delete")]
    public async Task<Result<DeletedAlert>> DeleteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "delete", Route = One)] HttpRequest http, string alertId, CancellationToken ct)
    {
        var found = await queries.FindAsync(alertId.ToId(), Permissions.AlertsManage, ct);
        var deleted = found.IsOk ? await change.DeleteAsync(found.Value, ct) : found.Error;
        return deleted.IsOk ? new DeletedAlert(found.Value.Id, Deleted: true) : deleted.Error;
    }
}
