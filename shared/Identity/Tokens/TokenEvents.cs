using Platform.Events;

namespace Platform.Identity;

/// <summary>Events about one access token, which belong to its user.</summary>
public abstract record TokenEvent(Guid TokenId, TokenKind Kind, string Name) : DomainEvent
{
    public override string Topic => "security_events";

    public override string? AggregateId => TokenId.ToString();

    public override string Service => "token-service";
}

public sealed record TokenCreated(Guid TokenId, TokenKind Kind, string Name) : TokenEvent(TokenId, Kind, Name)
{
    public override string EventType => "token.created";
}

public sealed record TokenRevoked(Guid TokenId, TokenKind Kind, string Name) : TokenEvent(TokenId, Kind, Name)
{
    public override string EventType => "token.revoked";
}

/// <summary>A token ends in so many days.</summary>
public sealed record TokenExpiring(Guid TokenId, TokenKind Kind, string Name, int Days, DateTimeOffset ExpiresAt) : TokenEvent(TokenId, Kind, Name)
{
    public override string EventType => "token.expiring";
}
