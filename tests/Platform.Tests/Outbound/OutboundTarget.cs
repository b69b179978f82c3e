using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Http;
using Platform.Tests.Fixtures;

namespace Platform.Tests.Outbound;

/// <summary>A server on loopback that answers well, badly, endlessly or not at all, depending on the path.</summary>
internal sealed class OutboundTarget : LoopbackServer
{
    private OutboundTarget()
    {
    }

    public ConcurrentQueue<string> Seen { get; } = [];

    public static Task<OutboundTarget> StartAsync() => StartAsync(new OutboundTarget());

    protected override async Task AnswerAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        Seen.Enqueue(request.Path);
        response.ContentType = "text/plain";
        switch (request.Path.Value)
        {
            case "/hello":
                await response.WriteAsync($"hello from {request.Host.Host}");
                break;
            case "/to":
                response.Redirect(request.QueryString.Value![1..]);
                break;
            case "/headers":
                await response.WriteAsync(string.Join('\n', request.Headers.Select(header => $"{header.Key}: {header.Value}")));
                break;
            case "/method":
                await response.WriteAsync($"{request.Method} {request.ContentLength ?? 0}");
                break;
            case "/bomb":
                response.Headers.ContentEncoding = "gzip";
                await response.Body.WriteAsync(Bomb());
                break;
            case "/large":
                await response.WriteAsync(new string('x', 1_000_000));
                break;
            case "/stalls":
                await response.WriteAsync("beginning");
                await response.Body.FlushAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "/silent":
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
        }
    }

    private static byte[] Bomb()
    {
        var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 1024; i++)
                gzip.Write(zeros);
        }

        return packed.ToArray();
    }
}
