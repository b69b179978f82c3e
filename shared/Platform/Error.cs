namespace Platform;

/// <summary>What sort of refusal an <see cref="Error"/> is. The families translate it to a status in one place; the domain knows no HTTP.</summary>
public enum ErrorKind
{
    /// <summary>The input is not acceptable.</summary>
    Invalid,

    /// <summary>The object is in a state that forbids the action.</summary>
    BadState,
    Unauthenticated,
    Forbidden,

    /// <summary>Absent, or another tenant's.</summary>
    NotFound,
    Conflict,
    TooLarge,
    UnsupportedMediaType,

    /// <summary>The account is locked for a time.</summary>
    Locked,
    RateLimited,

    /// <summary>A queue is full or a dependency is down; trying again later may help.</summary>
    Unavailable,

    /// <summary>A foreign service that the answer depends on failed.</summary>
    Upstream,

    /// <summary>A foreign program that the answer depends on did not end in time.</summary>
    UpstreamTimeout,

    /// <summary>It was there and is over.</summary>
    Gone,

    /// <summary>The work was accepted for but could not be handed on; the caller sees a server fault with this message.</summary>
    Failed,
}

/// <summary>
/// A refusal that the caller can cause and the contract documents. <paramref name="Code"/> is <c>noun.snake_case</c>, public and never renamed;
/// <paramref name="Message"/> is shown to the caller and holds no secret.
/// </summary>
public sealed record Error(ErrorKind Kind, string Code, string Message)
{
    /// <summary>The single problems of a validation refusal, in the order in which they were found.</summary>
    public IReadOnlyList<Problem> Problems { get; init; } = [];

    /// <summary>When a repetition may succeed.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The permission or scope whose lack was refused.</summary>
    public string? MissingPermission { get; init; }

    /// <summary>Further members of the answer beside code and message, by their name on the wire.</summary>
    public IReadOnlyDictionary<string, object>? More { get; init; }

    /// <summary>What a family shows as its <c>details</c> where its contract gives them another form than that of <see cref="Problems"/>.</summary>
    public IReadOnlyList<object>? Details { get; init; }

    /// <summary>What there is to tell of work that was done and failed; the delivery family shows it as <c>data</c>.</summary>
    public object? Data { get; init; }

    public static Error NotFound(string code, string message) => new(ErrorKind.NotFound, code, message);

    public static Error Conflict(string code, string message) => new(ErrorKind.Conflict, code, message);

    public static Error BadState(string code, string message) => new(ErrorKind.BadState, code, message);

    public static Error Forbidden(string code, string message) => new(ErrorKind.Forbidden, code, message);

    public static Error Invalid(string code, string message) => new(ErrorKind.Invalid, code, message);

    public static Error Invalid(params IReadOnlyList<Problem> problems) =>
        new(ErrorKind.Invalid, "request.invalid", problems.Count > 0 ? problems[0].Message : "The request is not valid") { Problems = problems };
}

/// <summary>
/// One problem of a request. <paramref name="Location"/> begins with <c>body</c>, <c>query</c>, <c>path</c> or <c>header</c>;
/// <paramref name="Type"/> is a word of executions.md §1.1 (<c>missing</c>, <c>string_too_long</c>, …).
/// </summary>
public sealed record Problem(IReadOnlyList<string> Location, string Message, string Type)
{
    public static Problem Body(string field, string message, string type) => new(["body", field], message, type);

    public static Problem Query(string field, string message, string type) => new(["query", field], message, type);

    public static Problem Header(string field, string message, string type) => new(["header", field], message, type);
}
