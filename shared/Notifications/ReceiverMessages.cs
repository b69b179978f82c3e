namespace Platform.Notifications;

/// <summary>The body that a webhook gets for one notification.</summary>
internal sealed record WebhookMessage(
    Guid NotificationId, NotificationType Type, NotificationSeverity Severity, string Subject, string Body, IReadOnlyList<string> Tags, double Timestamp,
    string? ActionUrl, string? RelatedEntityId, string? RelatedEntityType)
{
    public static WebhookMessage Of(Notification n) => new(
        n.Id, n.Type, n.Severity, n.Subject, n.Body, n.Tags, UnixSeconds(n.CreatedAt), n.ActionUrl, n.RelatedEntityId, n.RelatedEntityType);

    public static double UnixSeconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds() / 1000.0;
}

/// <summary>The body that a webhook gets for notifications of low severity that were collected: a message like the others, which holds them.</summary>
internal sealed record WebhookDigest(
    Guid NotificationId, string Type, NotificationSeverity Severity, string Subject, string Body, IReadOnlyList<string> Tags, double Timestamp, IReadOnlyList<WebhookMessage> Notifications)
{
    public static WebhookDigest Of(IReadOnlyList<Notification> rows) => new(
        rows[0].DigestId ?? rows[0].Id, "digest", NotificationSeverity.Low, $"{rows.Count} notifications", string.Join('\n', rows.Select(row => row.Subject)), [],
        WebhookMessage.UnixSeconds(rows[^1].CreatedAt), [.. rows.Select(WebhookMessage.Of)]);
}

/// <summary>The body of a Slack incoming webhook, with an attachment for each notification.</summary>
internal sealed record SlackMessage(string Text, IReadOnlyList<SlackAttachment> Attachments)
{
    public static SlackMessage Of(IReadOnlyList<Notification> rows, string? site) => new(
        rows is [var one] ? Escape(one.Subject) : $"{rows.Count} notifications",
        [.. rows.Select(row => SlackAttachment.Of(row, rows.Count > 1, site))]);

    // Slack reads these three as markup; a text must not be able to call a channel or hide a link.
    internal static string Escape(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}

internal sealed record SlackAttachment(string Color, string Text, string Footer, long Ts, IReadOnlyList<SlackAction>? Actions)
{
    /// <param name="titled">Begins with the subject, which is not the message's.</param>
    /// <param name="site">Where browsers reach the platform; without it a path is no link.</param>
    public static SlackAttachment Of(Notification row, bool titled, string? site) => new(
        ColorOf(row.Severity), SlackMessage.Escape(titled ? $"{row.Subject}\n{row.Body}" : row.Body), "Platform", row.CreatedAt.ToUnixTimeSeconds(),
        LinkOf(row.ActionUrl, site) is { } link ? [new SlackAction("button", "View Details", link)] : null);

    private static string ColorOf(NotificationSeverity severity) => severity switch
    {
        NotificationSeverity.Low => "#36a64f",
        NotificationSeverity.Medium => "#ff9900",
        NotificationSeverity.High => "#ff0000",
        _ => "#990000",
    };

    private static string? LinkOf(string? actionUrl, string? site) => (actionUrl, site) switch
    {
        (null, _) => null,
        ({ } path, { } root) when path.StartsWith('/') => root.TrimEnd('/') + path,
        ({ } url, _) => url.StartsWith("https://", StringComparison.Ordinal) ? url : null,
    };
}

internal sealed record SlackAction(string Type, string Text, string Url);
