using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace EmbeddedFunctions.Http;

/// <summary>A view of ASP.NET Core's request.</summary>
internal sealed class AspNetCoreRequestData(FunctionContext context, HttpContext http) : HttpRequestData(context)
{
    private HttpHeadersCollection? _headers;

    public override Stream Body => http.Request.Body;

    public override HttpHeadersCollection Headers => _headers ??= new HttpHeadersCollection(http.Request.Headers.Select(h => KeyValuePair.Create(h.Key, h.Value.Select(v => v ?? ""))));

    public override Uri Url => new(http.Request.GetEncodedUrl());

    public override string Method => http.Request.Method;

    public override HttpResponseData CreateResponse() => new AspNetCoreResponseData(FunctionContext, http);
}
