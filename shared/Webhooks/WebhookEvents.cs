using Platform.Events;

namespace Platform.Webhooks;

/// <summary>A webhook was switched off, by a person or because its receiver does not take deliveries.</summary>
public sealed record WebhookDisabled(Guid WebhookId, string Name, WebhookDisabledReason Reason) : DomainEvent
{
    public const string TypeName = "webhook.disabled";

    public override string EventType => TypeName;

    public override string Topic => "webhook_events";

    public override string? AggregateId => WebhookId.ToString();

    public override string Service => "webhook-service";

    public static WebhookDisabled Of(Webhook webhook) =>
        new(webhook.Id, webhook.Name, webhook.DisabledReason!.Value) { OrganizationId = webhook.OrganizationId, ProjectId = webhook.ProjectId };
}
