namespace EmbeddedFunctions.Hosting;

/// <summary>Whether a visitor may use the operator pages.</summary>
public enum OperatorStanding
{
    /// <summary>Nobody, or nobody that the app knows; may sign in.</summary>
    SignedOut,

    /// <summary>Known, but not an operator.</summary>
    Refused,

    /// <summary>An operator.</summary>
    Operator,

    /// <summary>The app cannot tell yet, because it is starting.</summary>
    Unknown,
}

/// <summary>The sender of a request to an operator page.</summary>
/// <param name="Standing">What he may do.</param>
/// <param name="Name">For the page's head.</param>
/// <param name="FormToken">The session's CSRF token: the pages put it into their forms and accept none without it. Null when the session has none, so that it can only read.</param>
public sealed record OperatorVisit(OperatorStanding Standing, string? Name = null, string? FormToken = null);
