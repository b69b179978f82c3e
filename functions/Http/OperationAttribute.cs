using Platform.RateLimits;

namespace Platform.Functions.Http;

/// <summary>
/// What the pipeline and the OpenAPI document know of an HTTP function. Every HTTP function has one; the host refuses to start without it.
/// </summary>
/// <param name="permission">A name of <see cref="Platform.Identity.Permissions"/>; <c>Permissions.Public</c> spells anonymous, <c>platform:*</c> an interactive operator.</param>
/// <param name="rate">The class whose limit the call counts against.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OperationAttribute(string permission, Rate rate) : Attribute
{
    public string Permission { get; } = permission;

    public Rate Rate { get; } = rate;

    public Auth Auth { get; init; }

    /// <summary>Whether an operator may call it while he acts as somebody else.</summary>
    public Impersonating Impersonating { get; init; }

    /// <summary>Audit word <c>area.verb</c> of a state-changing operation; null writes no entry.</summary>
    public string? Audit { get; init; }

    /// <summary>Status of the documented good case. A function that sets another status on the response itself keeps it.</summary>
    public int Success { get; init; } = 200;

    /// <summary>False for sign-out routes: cookie callers need no CSRF header there (cross-site requests are still refused).</summary>
    public bool Csrf { get; init; } = true;

    /// <summary>On a public operation: callers with a session cookie need the CSRF header all the same, since it acts for their account.</summary>
    public bool CsrfWithSession { get; init; }

    /// <summary>Good answers carry <c>success: true</c>, so refusals carry <c>success: false</c> (agents' operations marked S).</summary>
    public bool TellsSuccess { get; init; }

    /// <summary>The operation honours the header <c>Idempotency-Key</c>.</summary>
    public bool Idempotent { get; init; }

    /// <summary>The answer that repetitions get is stored sealed with the organization's key, up to so many bytes; 0 stores it as it is.</summary>
    public int SealedAnswerLimit { get; init; }

    /// <summary>
    /// The contract answers 404 before 403, so the service checks the permission once it has the object (delivery's routes with an id); the pipeline does not.
    /// </summary>
    public bool ObjectFirst { get; init; }

    /// <summary>The project in the path may be an archived one: it is looked at, restored or deleted, not worked in.</summary>
    public bool TakesArchived { get; init; }

    /// <summary>Server-sent events or another open-ended answer that the function writes itself.</summary>
    public bool Stream { get; init; }

    /// <summary>Body limit in bytes when it is not the family's.</summary>
    public long BodyLimit { get; init; }

    /// <summary><c>Cache-Control</c> of good answers to GET; null leaves the family's default.</summary>
    public string? Cache { get; init; }

    /// <summary>Record of the query parameters. The function reads it with <c>http.ReadQuery&lt;T&gt;()</c>, which takes no undeclared type.</summary>
    public Type? Query { get; init; }

    /// <summary>Record of the JSON body, for <c>http.ReadBodyAsync&lt;T&gt;(ct)</c>; <c>byte[]</c> for <c>http.ReadBytesAsync(ct)</c>.</summary>
    public Type? Body { get; init; }

    /// <summary>Record of an <c>application/x-www-form-urlencoded</c> body, for <c>http.ReadFormBodyAsync&lt;T&gt;(ct)</c>.</summary>
    public Type? Form { get; init; }

    /// <summary>Record of the text parts of a <c>multipart/form-data</c> body, for <c>http.ReadUploadAsync&lt;T&gt;(ct)</c>; a file may come with them in the part <c>file</c>.</summary>
    public Type? Upload { get; init; }

    /// <summary>The part of a multipart body that holds its file.</summary>
    public string UploadPart { get; init; } = UploadedFile.Part;

    /// <summary>Limit in bytes of a multipart body.</summary>
    public long UploadLimit { get; init; }

    /// <summary>The function hands the request on as it came, of any method and with any input: <c>http.ReadRaw()</c>.</summary>
    public bool Raw { get; init; }

    /// <summary>Type of the answer where it is not the <c>T</c> of the function's <c>Result&lt;T&gt;</c>, for the OpenAPI document.</summary>
    public Type? Response { get; init; }

    /// <summary>Type of another good answer with the same status, for the OpenAPI document.</summary>
    public Type? AlternativeResponse { get; init; }

    /// <summary>Media type of the answer where it is not JSON, for the OpenAPI document.</summary>
    public string? Produces { get; init; }
}
