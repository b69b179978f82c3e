using Microsoft.AspNetCore.Http;
using Platform.Alerts;
using Platform.Functions.Http;

namespace Platform.Functions.Alerts;

/// <summary>What people do about an alert.</summary>
[Api(Family.Delivery)]
public sealed class AlertResponseFunctions(AlertQueries queries, RespondToAlert respond, CheckAlert check, TimeProvider clock)
{
    private const string One = "api/alerts/{alertId}";

    /// <summary>Close the open incident; the alert starts afresh.</summary>
    [Function("Alerts_Resolve")]
    [Operation(Permissions.AlertsRespond, Rate.Default, ObjectFirst = true, Audit = "alert.resolve", Body = typeof(ResolveRequest))]
    public async Task<Result<ResolvedAlert>> ResolveAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/resolve")] HttpRequest http, string alertId, CancellationToken ct)
    {
        var found = await queries.FindAsync(alertId.ToId(), Permissions.AlertsRespond, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<ResolveRequest>(ct) : found.Error;
        var changed = body.IsOk ? await respond.ResolveAsync(found.Value, AlertForms.OrNull(body.Value.Note), ct) : body.Error;
        return changed.IsOk ? new ResolvedAlert(AlertView.Of(found.Value, clock.GetUtcNow()), changed.Value) : changed.Error;
    }

    /// <summary>Silence an alert until a time, or let it speak again; evaluations and incidents go on.</summary>
    [Function("Alerts_Mute")]
    [Operation(Permissions.AlertsRespond, Rate.Default, ObjectFirst = true, Audit = "alert.mute", Body = typeof(MuteRequest))]
    public async Task<Result<AlertView>> MuteAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = $"{One}/mute")] HttpRequest http, string alertId, CancellationToken ct)
    {
        var found = await queries.FindAsync(alertId.ToId(), Permissions.AlertsRespond, ct);
        var body = found.IsOk ? await http.ReadBodyAsync<MuteRequest>(ct) : found.Error;
        var muted = body.IsOk ? await respond.MuteAsync(found.Value, body.Value.ToWish(), ct) : body.Error;
        return muted.IsOk ? AlertView.Of(muted.Value, clock.GetUtcNow()) : muted.Error;
    }

    /// <summary>Evaluate an alert now and show how; nothing is changed.</summary>
    [Function("Alerts_Check")]
    [Operation(Permissions.AlertsRead, Rate.Default, ObjectFirst = true)]
    public async Task<Result<AlertCheck>> CheckAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = $"{One}/check")] HttpRequest http, string alertId, CancellationToken ct)
    {
        var found = await queries.FindAsync(alertId.ToId(), Permissions.AlertsRead, ct);
        return found.IsOk ? await check.RunAsync(found.Value, ct) : found.Error;
    }
}
