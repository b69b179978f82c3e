namespace Platform.RateLimits;

/// <summary>What has a bucket of its own.</summary>
public enum RateScope
{
    /// <summary>Each route, whatever the method.</summary>
    Route,

    /// <summary>Each operation.</summary>
    Operation,

    /// <summary>The class as a whole.</summary>
    Class,
}

/// <summary>Whose requests are counted together.</summary>
public enum RateIdentity
{
    /// <summary>The credential, else the user, else the client's address.</summary>
    Caller,

    /// <summary>The client's address, signed in or not.</summary>
    Address,

    /// <summary>The client's address of callers who are not signed in; the others are not counted.</summary>
    Stranger,

    /// <summary>The user in his active organization.</summary>
    Member,

    /// <summary>All of the active organization.</summary>
    Organization,
}

/// <summary>The limit of one class: so many requests in a window, per identity and bucket.</summary>
/// <param name="Group">The class's word on the wire and in settings.</param>
public sealed record RateRule(string Group, int Limit, TimeSpan Window)
{
    /// <summary>Token bucket only: capacity = limit × burst.</summary>
    public double Burst { get; init; } = 1;

    /// <summary>A caller known only by address has half the limit.</summary>
    public bool HalfForAnonymous { get; init; }

    /// <summary>Protects accounts and mailboxes: no override and no switch lifts it, and a fault of the store refuses instead of passing.</summary>
    public bool Always { get; init; }

    public RateScope Per { get; init; }

    public RateIdentity Identity { get; init; }

    /// <summary>A known user's limit: his own, else the rule's times his factor.</summary>
    public int LimitFor(UserRateLimits user)
    {
        if (Always)
            return Limit;
        return user.Rules is { } own && own.TryGetValue(Group, out var limit) ? limit : (int)Math.Clamp(Limit * user.Multiplier, 1, int.MaxValue / 4);
    }

    /// <summary>A further class that the request counts against, when this one has let it pass.</summary>
    public Rate? Next { get; init; }
}
