using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Platform.Functions.Events;

/// <summary>Writes server-sent events. Without <paramref name="named"/> there is no <c>event:</c> line, so that <c>onmessage</c> handlers see everything.</summary>
internal sealed class SseWriter(HttpResponse response, bool named)
{
    private static readonly byte[] Retry = "retry: 3000\n\n"u8.ToArray();

    /// <summary>Sends the head of the stream; from here on refusals are no longer possible.</summary>
    public async Task OpenAsync(CancellationToken ct)
    {
        response.HttpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        response.Headers["X-Accel-Buffering"] = "no";
        await response.Body.WriteAsync(Retry, ct);
        await FlushAsync(ct);
    }

    /// <summary>Appends one message; <paramref name="json"/> is a single line.</summary>
    public async ValueTask WriteAsync(long? id, string eventType, ReadOnlyMemory<byte> json, CancellationToken ct)
    {
        var head = (id, named) switch
        {
            ({ } sequence, true) => $"id: {sequence}\nevent: {eventType}\ndata: ",
            ({ } sequence, false) => $"id: {sequence}\ndata: ",
            (null, true) => $"event: {eventType}\ndata: ",
            (null, false) => "data: ",
        };
        var pipe = response.BodyWriter;
        pipe.Write(Encoding.ASCII.GetBytes(head));
        pipe.Write(json.Span);
        pipe.Write("\n\n"u8);
        await FlushAsync(ct);
    }

    private async ValueTask FlushAsync(CancellationToken ct) => await response.BodyWriter.FlushAsync(ct);
}
