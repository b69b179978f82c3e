using EmbeddedFunctions.Hosting;

namespace EmbeddedFunctions.Broker.Filters;

/// <summary>Fits messages that have all the given values; what is null is not asked for. Values are compared with their case.</summary>
internal sealed record CorrelationFilter
{
    public string? ContentType { get; init; }

    public string? CorrelationId { get; init; }

    /// <summary>The subject under its older name, which the official configuration has kept.</summary>
    public string? Label { get; init; }

    public string? MessageId { get; init; }

    public string? ReplyTo { get; init; }

    public string? ReplyToSessionId { get; init; }

    public string? SessionId { get; init; }

    public string? To { get; init; }

    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    public bool Fits(OutgoingMessage message) =>
        Fits(ContentType, message.ContentType)
        && Fits(CorrelationId, message.CorrelationId)
        && Fits(Label, message.Subject)
        && Fits(MessageId, message.MessageId)
        && Fits(ReplyTo, message.ReplyTo)
        && Fits(ReplyToSessionId, message.ReplyToSessionId)
        && Fits(SessionId, message.SessionId)
        && Fits(To, message.To)
        && Properties.All(p => FilterProperties.User(message, p.Key) is string text && text == p.Value);

    private static bool Fits(string? wanted, string? actual) => wanted is null || wanted == actual;
}
