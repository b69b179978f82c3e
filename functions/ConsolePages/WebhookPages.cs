using Platform.Data;
using Platform.Functions.Pages;
using Platform.Webhooks;

namespace Platform.Functions.ConsolePages;

/// <summary>The webhooks that a project's events go to, and what was sent to one.</summary>
public sealed class WebhookPages(WebhookQueries webhooks, DeliveryQueries deliveries)
{
    private const int MostDeliveries = 50;

    internal async Task<Result<ConsoleBody>> ListAsync(ConsolePlace place, CancellationToken ct)
    {
        var page = await webhooks.ListAsync(new WebhookFilter { ProjectId = place.Project.Id.ToString(), Limit = 200 }, ct);
        if (!page.IsOk)
            return page.Error;
        var rows = page.Value.Items.Select(webhook => (IReadOnlyList<Html>)
        [
            Html.Of($"""<a href="{place.PathTo(ConsoleTab.Webhooks)}/{webhook.Id}">{webhook.Name}</a>"""),
            PageText.State(EnumWords<WebhookStatus>.ToWord(webhook.Status)),
            PageText.Text(webhook.Url),
            PageText.Text(string.Join(", ", webhook.Events)),
            PageText.Time(webhook.LastDeliveryAt),
        ]);
        return new ConsoleBody("Webhooks", PageText.Table("Webhooks of the project", ["Webhook", "State", "Address", "Events", "Last delivery (UTC)"], rows));
    }

    internal async Task<Result<ConsoleBody>> ShowAsync(ConsolePlace place, Guid id, CancellationToken ct)
    {
        var found = await webhooks.FindAsync(id, Permissions.WebhooksRead, ct);
        if (!found.IsOk)
            return found.Error;
        var webhook = found.Value;
        if (webhook.ProjectId is { } project && project != place.Project.Id)
            return WebhookErrors.NotFound;
        var page = await deliveries.ListAsync(webhook, new DeliveryFilter { Limit = MostDeliveries }, ct);
        var mayManage = place.Caller.CanIn(webhook.ProjectId, Permissions.WebhooksManage);
        return new ConsoleBody(webhook.Name, Html.Of($"""
            {Facts(webhook)}
            {Html.When(mayManage, () => Html.Of($"""<p class="row"><button type="button" data-post="/api/dev/webhooks/{webhook.Id}/test" data-body="{"{}"}">Send a test</button></p>"""))}
            <section><h2>Deliveries</h2>
            {PageText.Table($"The newest {MostDeliveries} deliveries", ["Time (UTC)", "Event", "State", "Attempts", "Last answer", "Action"], page.Items.Select(delivery => Row(webhook, delivery, mayManage)))}
            </section>
            """));
    }

    private static Html Facts(Webhook webhook) => PageText.Facts(
        ("State", PageText.State(EnumWords<WebhookStatus>.ToWord(webhook.Status))),
        ("Why it is off", PageText.Text(webhook.DisabledReason is { } reason ? EnumWords<WebhookDisabledReason>.ToWord(reason).Replace('_', ' ') : null)),
        ("Address", PageText.Text(webhook.Url)),
        ("Description", PageText.Text(webhook.Description)),
        ("Of", PageText.Text(webhook.ProjectId is null ? "the whole organization" : "this project")),
        ("Events", PageText.Text(string.Join(", ", webhook.Events))),
        ("Failures in a row", Html.Of($"{webhook.ConsecutiveFailures}")),
        ("Last success (UTC)", PageText.Time(webhook.LastSuccessAt)));

    private static IReadOnlyList<Html> Row(Webhook webhook, DeliveryView delivery, bool mayManage)
    {
        var last = delivery.Attempts is [.., var attempt] ? attempt : null;
        var hasEnded = delivery.Status is DeliveryStatus.Delivered or DeliveryStatus.Failed or DeliveryStatus.Cancelled;
        return
        [
            PageText.Time(delivery.CreatedAt),
            PageText.Text(delivery.Test ? $"{delivery.EventType} (test)" : delivery.EventType),
            PageText.State(EnumWords<DeliveryStatus>.ToWord(delivery.Status)),
            Html.Of($"{delivery.AttemptCount}"),
            PageText.Text(last is null ? null : $"{last.StatusCode?.ToString() ?? last.Error} in {PageText.Ms(last.DurationMs)}"),
            Html.When(mayManage && hasEnded && !delivery.Test, () => Html.Of(
                $"""<button type="button" data-post="/api/dev/webhooks/{webhook.Id}/deliveries/{delivery.Id}/retry" aria-label="Send {delivery.EventType} again">Send again</button>""")),
        ];
    }
}
