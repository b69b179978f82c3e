using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Platform.Tests.Outbound;

/// <summary>A server on loopback that answers well, badly, endlessly or not at all, depending on the path.</summary>
internal sealed class OutboundTarget : IAsyncDisposable
{
    private readonly WebApplication _server;

    private OutboundTarget()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    public ConcurrentQueue<string> Seen { get; } = [];

    public int Port => new Uri(_server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Port;

    public static async Task<OutboundTarget> StartAsync()
    {
        var target = new OutboundTarget();
        await target._server.StartAsync();
        return target;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
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
