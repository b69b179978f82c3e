namespace Platform.RateLimits;

/// <summary>The class whose limit an operation counts against; <see cref="RateRules"/> holds the figures.</summary>
public enum Rate
{
    /// <summary>Not limited: health, and routes that end at once.</summary>
    None,

    /// <summary>Starts a run of a script.</summary>
    Execution,

    /// <summary>Sign-in, sign-up and session routes. Neither a per-user override nor <c>RateLimit:Enabled=false</c> lifts it.</summary>
    Auth,
    Admin,
    Sse,
    Api,

    /// <summary>Delivery and agents: everything without a class of its own.</summary>
    Default,

    /// <summary>Makes or rotates an access token.</summary>
    Token,

    /// <summary>Destroys data, reveals a credential or changes somebody's rights.</summary>
    Sensitive,
    Invoke,
    Ingest,

    /// <summary>Sends a mail that a stranger can ask for.</summary>
    Mail,
    Invitation,
    VerifyKey,
    MonitorWrite,
    Decrypt,
    Impersonation,
    Authoring,
    Validation,
    ProviderTest,
    StatusPage,
    Subscribe,

    /// <summary>Service card, OpenAPI document, its viewer.</summary>
    Documentation,

    /// <summary>The OpenAI-compatible gateway.</summary>
    Gateway,
    Worker,
}
