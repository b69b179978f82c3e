namespace EmbeddedFunctions.Worker.Http;

/// <summary>A request as functions without ASP.NET Core see it; here a view of the HTTP context, see <see cref="FunctionContextHttpRequestExtensions"/>.</summary>
public abstract class HttpRequestData(FunctionContext functionContext)
{
    public FunctionContext FunctionContext { get; } = functionContext;

    public abstract Stream Body { get; }

    public abstract HttpHeadersCollection Headers { get; }

    public abstract Uri Url { get; }

    public abstract string Method { get; }

    public abstract HttpResponseData CreateResponse();
}
