using System.Net;
using EmbeddedFunctions.Worker;
using EmbeddedFunctions.Worker.Http;
using Microsoft.AspNetCore.Http;

namespace EmbeddedFunctions.Http;

/// <summary>Writes to ASP.NET Core's response at once; only the headers are taken over when the answer begins.</summary>
internal sealed class AspNetCoreResponseData : HttpResponseData
{
    private readonly HttpContext _http;

    public AspNetCoreResponseData(FunctionContext context, HttpContext http)
        : base(context)
    {
        _http = http;
        http.Response.OnStarting(CopyHeadersAsync);
    }

    public override HttpStatusCode StatusCode
    {
        get => (HttpStatusCode)_http.Response.StatusCode;
        set => _http.Response.StatusCode = (int)value;
    }

    public override HttpHeadersCollection Headers { get; set; } = [];

    public override Stream Body
    {
        get => _http.Response.Body;
        set => _http.Response.Body = value;
    }

    /// <summary>Goes into the response's buffer, without waiting for the network.</summary>
    public void Write(ReadOnlySpan<byte> content)
    {
        var writer = _http.Response.BodyWriter;
        content.CopyTo(writer.GetSpan(content.Length));
        writer.Advance(content.Length);
    }

    private Task CopyHeadersAsync()
    {
        foreach (var (name, values) in Headers)
            _http.Response.Headers[name] = values.ToArray();
        return Task.CompletedTask;
    }
}
