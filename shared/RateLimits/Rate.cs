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

    /// <summary>Delivery: everything without a class of its own.</summary>
    Default,

    /// <summary>Checks and inference: everything without a class of its own. Their contracts state no limit; this one stops a client that has run wild.</summary>
    General,

    /// <summary>Agents: everything without a class of its own.</summary>
    Agents,

    /// <summary>Runs something in a sandbox of the agents family; counts against <see cref="Agents"/> too.</summary>
    SandboxCommand,
    Mcp,

    /// <summary>Makes or rotates an access token.</summary>
    Token,

    /// <summary>Destroys data, reveals a credential or changes somebody's rights.</summary>
    Sensitive,

    /// <summary>Takes up an invitation; the attempts of one client address count together too.</summary>
    Acceptance,
    AcceptanceByAddress,
    Invoke,
    Ingest,

    /// <summary>Sends a mail that a stranger can ask for: the reset of a password.</summary>
    Mail,

    /// <summary>Sends a mail that verifies an address.</summary>
    VerificationMail,
    Invitation,
    VerifyKey,
    MonitorWrite,
    Decrypt,
    Impersonation,
    /// <summary>Asks a model to write a test; the user's and the organization's longer windows count too.</summary>
    Authoring,
    AuthoringHour,
    AuthoringDay,
    AuthoringOrganization,
    AuthoringOrganizationHour,
    AuthoringOrganizationDay,
    Validation,
    ProviderTest,
    StatusPage,
    Subscribe,
    SubscribeHour,

    /// <summary>Service card, OpenAPI document, its viewer.</summary>
    Documentation,

    /// <summary>The OpenAI-compatible gateway.</summary>
    Gateway,
    Worker,
}
