using System.Net;

namespace EmbeddedFunctions.Worker.Http;

/// <summary>An answer as functions without ASP.NET Core write it.</summary>
public abstract class HttpResponseData(FunctionContext functionContext)
{
    public FunctionContext FunctionContext { get; } = functionContext;

    public abstract HttpStatusCode StatusCode { get; set; }

    public abstract HttpHeadersCollection Headers { get; set; }

    public abstract Stream Body { get; set; }

    public static HttpResponseData CreateResponse(HttpRequestData request) => request.CreateResponse();
}
