using Microsoft.AspNetCore.Http;
using Platform.Identity;

namespace Platform.Functions.Http;

/// <summary>What the pipeline knows of one request; kept among the features of its <see cref="HttpContext"/>.</summary>
public sealed class ApiRequest
{
    private RequestBody? _body;

    internal ApiRequest(HttpContext http, Operation operation)
    {
        Http = http;
        Operation = operation;
        Family = operation.Family;
        IsGateway = operation.IsGateway;
    }

    public HttpContext Http { get; }

    public Operation Operation { get; }

    /// <summary>The operation's family; for unknown routes the family of the path.</summary>
    public Family Family { get; internal set; }

    /// <summary>Errors have OpenAI's form.</summary>
    public bool IsGateway { get; internal set; }

    public Caller Caller { get; internal set; } = Caller.Anonymous;

    /// <summary>Printable ASCII, at most 128 characters; echoed in <c>X-Correlation-ID</c>.</summary>
    public string CorrelationId { get; internal set; } = "";

    /// <summary>The caller's session; null for access tokens and nobody.</summary>
    internal SessionSnapshot? Session { get; set; }

    /// <summary>The access token of the request; null for sessions and nobody.</summary>
    internal TokenSnapshot? Token { get; set; }

    /// <summary>What answers in place of the function, when the host name is not the platform's.</summary>
    internal HostRoute? HostRoute { get; init; }

    /// <summary>Of the clock's timestamps.</summary>
    internal long StartedAt { get; set; }

    /// <summary>When the session JWT of the request ends; a stream does not outlive it.</summary>
    internal DateTimeOffset? CredentialExpiresAt { get; set; }

    /// <summary>What identification found wrong with a credential that was sent; null when there was none or it is good.</summary>
    internal Error? CredentialRefusal { get; set; }

    /// <summary>Why the pipeline ended the request before its function; the envelope writes it.</summary>
    internal Error? Refusal { get; set; }

    /// <summary>Status of the good answer when it is not the operation's usual one, e.g. 200 where nothing new had to be created.</summary>
    public int? Success { get; set; }

    /// <summary>The client's address, forwarded headers of trusted proxies taken into account.</summary>
    public string ClientAddress { get; internal set; } = "";

    /// <summary>Bytes that the body may have: uploads have a limit of their own.</summary>
    internal long BodyLimit => Operation.Upload is not null && MultipartBoundary.Of(Http.Request) is not null ? Operation.UploadLimit : Operation.BodyLimit;

    internal RequestBody Body => _body ??= new RequestBody(Http.Request, BodyLimit);

    internal void Release() => _body?.Release();

    internal static ApiRequest Of(HttpContext http) =>
        http.Features.Get<ApiRequest>() ?? throw new InvalidOperationException("The HTTP pipeline did not run for this request");
}
