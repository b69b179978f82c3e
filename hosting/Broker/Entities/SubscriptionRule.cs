using EmbeddedFunctions.Broker.Filters;
using EmbeddedFunctions.Hosting;
using Microsoft.Extensions.Configuration;

namespace EmbeddedFunctions.Broker.Entities;

/// <summary>A rule of a subscription: which messages it lets in. Stored as JSON, so that every node that sends applies it.</summary>
internal sealed record SubscriptionRule
{
    public string Name { get; init; } = "";

    public string? Sql { get; init; }

    public CorrelationFilter? Correlation { get; init; }

    /// <summary>Reads a rule as the official emulator's configuration writes it; what cannot be applied throws <see cref="InvalidOperationException"/>.</summary>
    public static SubscriptionRule From(IConfigurationSection section)
    {
        var name = section["name"] ?? section.Key;
        var properties = section.GetSection("properties");
        if (properties.GetSection("action").GetChildren().Any())
            throw new InvalidOperationException($"'{section.Path}' has an action; the embedded broker does not change messages by rules.");
        var rule = (properties["filterType"] ?? "Correlation").ToUpperInvariant() switch
        {
            "SQL" => new SubscriptionRule { Name = name, Sql = properties["sqlFilter:sqlExpression"] ?? throw new InvalidOperationException($"'{section.Path}' has no SqlExpression.") },
            "CORRELATION" => new SubscriptionRule { Name = name, Correlation = ReadCorrelation(properties.GetSection("correlationFilter")) },
            "TRUE" => new SubscriptionRule { Name = name, Sql = "1=1" },
            "FALSE" => new SubscriptionRule { Name = name, Sql = "1=0" },
            var other => throw new InvalidOperationException($"'{section.Path}' has the filter type '{other}'; it must be Sql, Correlation, True or False."),
        };
        try
        {
            rule.Compile();
            return rule;
        }
        catch (FormatException e)
        {
            throw new InvalidOperationException($"'{section.Path}' has a wrong filter: {e.Message}", e);
        }
    }

    public Func<OutgoingMessage, bool> Compile()
    {
        if (Sql is not null)
            return SqlFilter.Compile(Sql);
        var correlation = Correlation!;
        return correlation.Fits;
    }

    private static CorrelationFilter ReadCorrelation(IConfigurationSection section) => new()
    {
        ContentType = section["contentType"],
        CorrelationId = section["correlationId"],
        Label = section["label"] ?? section["subject"],
        MessageId = section["messageId"],
        ReplyTo = section["replyTo"],
        ReplyToSessionId = section["replyToSessionId"],
        SessionId = section["sessionId"],
        To = section["to"],
        Properties = section.GetSection("properties").GetChildren().ToDictionary(p => p.Key, p => p.Value ?? ""),
    };
}
