namespace Platform.Webhooks;

/// <summary>Refusals about webhooks and their deliveries, and the codes of failed attempts.</summary>
public static class WebhookErrors
{
    /// <summary>An attempt's code when there are too many deliveries waiting for one more.</summary>
    public const string BacklogFull = "backlog_full";

    public static readonly Error NotFound = Error.NotFound("webhook.not_found", "Webhook not found");
    public static readonly Error DeliveryNotFound = Error.NotFound("delivery.not_found", "Delivery not found");
    public static readonly Error InProgress = Error.Conflict("webhook.delivery_in_progress", "The delivery has not ended yet");
    public static readonly Error Disabled = Error.Conflict("webhook.webhook_disabled", "The webhook is disabled");
    public static readonly Error Gone = new(ErrorKind.Gone, "webhook.gone", "The delivery's payload is not kept any more");
    public static readonly Error Fragment = Error.Invalid(Problem.Body("url", "The URL should not have a fragment", "value_error"));
    public static readonly Error EmptyPolicy = Error.Invalid(new Problem(["body"], "At least one member should be given", "value_error"));
    public static readonly Error UnknownEvent = Error.Invalid(Problem.Body("eventType", PublicEvents.Explain("Unknown event"), "value_error"));
    public static readonly Error HeaderUnknown = Error.Invalid(Problem.Body("headers", "A masked value keeps what is stored, and nothing is stored under this name", "value_error"));

    public static Error LimitReached(int maximum) => Error.Conflict("webhook.limit_reached", $"There can be at most {maximum} webhooks here");

    /// <summary>The guard does not let the platform call the address.</summary>
    public static Error UrlNotAllowed(Error refusal) => Error.Invalid("webhook.url_not_allowed", refusal.Message);
}
