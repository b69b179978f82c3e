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
    }

    public HttpContext Http { get; }

    public Operation Operation { get; }

    public Family Family => Operation.Family;

    public Caller Caller { get; internal set; } = Caller.Anonymous;

    /// <summary>Printable ASCII, at most 128 characters; echoed in <c>X-Correlation-ID</c>.</summary>
    public string CorrelationId { get; internal set; } = "";

    /// <summary>What identification found wrong with a credential that was sent; null when there was none or it is good.</summary>
    internal Error? CredentialRefusal { get; set; }

    internal bool CameWithCookie { get; set; }

    internal RequestBody Body => _body ??= new RequestBody(Http.Request, Operation.BodyLimit);

    internal void Release() => _body?.Release();

    internal static ApiRequest Of(HttpContext http) =>
        http.Features.Get<ApiRequest>() ?? throw new InvalidOperationException("The HTTP pipeline did not run for this request");
}
