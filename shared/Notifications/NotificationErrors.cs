namespace Platform.Notifications;

public static class NotificationErrors
{
    public static readonly Error NotFound = Error.NotFound("notification.not_found", "Notification not found");
    public static readonly Error NotDelivered = Error.BadState("notification.not_delivered", "Notification is not delivered");

    public static readonly Error Throttled =
        new(ErrorKind.RateLimited, "notification.throttled", "Too many notifications of this type") { RetryAfter = TimeSpan.FromMinutes(10) };

    public static readonly Error OtherOrganization = Error.Forbidden(
        "notification.other_organization", "Subscriptions belong to the personal organization; a token of another one does not reach them");

    public static readonly Error UnknownChannel =
        Error.Invalid(new Problem(["path", "channel"], "Input should be 'in_app', 'webhook' or 'slack'", "enum"));

    public static readonly Error WebhookNeeded = Error.Invalid(Problem.Body("webhook_url", "Enabling the webhook channel needs a webhook_url", "value_error"));

    public static readonly Error SlackNeeded = Error.Invalid(Problem.Body("slack_webhook", "Enabling the slack channel needs a slack_webhook", "value_error"));

    public static Error BadSchedule(int days) => Error.Invalid("notification.schedule", $"scheduled_for must be in the future and at most {days} days ahead");
}
