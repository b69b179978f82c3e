using System.Net.Sockets;
using System.Text;

namespace Platform.Sandbox.Egress;

/// <summary>One connection of a program to the proxy: reads a head, connects, and then only carries bytes.</summary>
internal sealed class EgressConnection(EgressProxy proxy, Socket client, Action<EgressAttempt>? onAttempt)
{
    private static readonly TimeSpan LongestHead = TimeSpan.FromSeconds(30);
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();
    private readonly byte[] _buffer = new byte[EgressRequest.LongestHead];
    private int _read;

    public async Task RunAsync(CancellationToken ct)
    {
        var end = await ReadHeadAsync(ct);
        if (end < 0)
            return;
        if (EgressRequest.TryParse(_buffer.AsSpan(0, end)) is not { } request)
        {
            await AnswerAsync("400 Bad Request", "This is an HTTP proxy: it serves CONNECT and absolute http URLs", ct);
            return;
        }
        var (server, refusal) = await proxy.ConnectAsync(request.Host, request.Port, ct);
        onAttempt?.Invoke(new EgressAttempt(request.Host, request.Port, refusal));
        if (server is null)
        {
            await AnswerAsync("403 Forbidden", refusal!, ct);
            return;
        }
        using (server)
        {
            await (request.Forward is { } head ? server.SendAllAsync(head, ct) : client.SendAllAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), ct));
            await server.SendAllAsync(_buffer.AsMemory(end + EndOfHead.Length, _read - end - EndOfHead.Length), ct);
            await Task.WhenAll(CarryAsync(client, server, ct), CarryAsync(server, client, ct));
        }
    }

    /// <summary>Length of the head without its empty line; -1 when none comes.</summary>
    private async Task<int> ReadHeadAsync(CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(LongestHead);
        while (_read < _buffer.Length)
        {
            var read = await client.ReceiveAsync(_buffer.AsMemory(_read), limit.Token);
            if (read == 0)
                return -1;
            var from = Math.Max(0, _read - EndOfHead.Length);
            _read += read;
            if (_buffer.AsSpan(from, _read - from).IndexOf(EndOfHead) is var at and >= 0)
                return from + at;
        }
        return -1;
    }

    private Task AnswerAsync(string status, string why, CancellationToken ct) =>
        client.SendAllAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {Encoding.UTF8.GetByteCount(why) + 1}\r\nConnection: close\r\n\r\n{why}\n"), ct);

    // Each direction ends for itself: a client may have sent all and still wait for the answer.
    private static async Task CarryAsync(Socket from, Socket to, CancellationToken ct)
    {
        var buffer = new byte[32 << 10];
        try
        {
            while (await from.ReceiveAsync(buffer, ct) is var read and > 0)
                await to.SendAllAsync(buffer.AsMemory(0, read), ct);
            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The other direction must end as well.
            from.Close();
            to.Close();
        }
    }
}
