using System.Net.Sockets;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Platform.UserFunctions;

namespace Platform.Benchmarks;

/// <summary>
/// The comparison for functions: Kestrel with one endpoint that hands the body to one of a few long-lived Node processes over a Unix socket and answers what comes back. No users,
/// rights, limits, records, events.
/// </summary>
internal static class BareFunctions
{
    private const int Workers = 5;

    private const string Program = """
        const net = require('net');
        const handler = (event) => ({ sum: event.a + event.b });
        const socket = net.connect(process.argv[1]);
        let received = Buffer.alloc(0);
        socket.on('data', (chunk) => {
          received = Buffer.concat([received, chunk]);
          while (received.length >= 4 && received.length >= 4 + received.readUInt32BE()) {
            const length = received.readUInt32BE();
            const frame = JSON.parse(received.toString('utf8', 4, 4 + length));
            received = received.subarray(4 + length);
            const body = Buffer.from(JSON.stringify({ type: 'result', result: handler(frame.event) }));
            const head = Buffer.alloc(4);
            head.writeUInt32BE(body.length);
            socket.write(Buffer.concat([head, body]));
          }
        });
        socket.on('close', () => process.exit());
        """;

    public static async Task<int> RunAsync(int port)
    {
        var idle = Channel.CreateUnbounded<WorkerChannel>();
        var folder = Directory.CreateTempSubdirectory("bare-");
        for (var i = 0; i < Workers; i++)
            idle.Writer.TryWrite(await StartAsync(Path.Combine(folder.FullName, $"{i}.sock")));

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.MapGet("/health", () => "ok");
        app.MapPost("/invoke", async (HttpRequest request) =>
        {
            using var body = await JsonDocument.ParseAsync(request.Body);
            var worker = await idle.Reader.ReadAsync();
            await worker.SendAsync(body.RootElement.GetProperty("payload"), WriteEvent, CancellationToken.None);
            var frame = await worker.ReceiveAsync(1 << 20, CancellationToken.None);
            var reply = WorkerReply.Read(frame!.Value)!;
            idle.Writer.TryWrite(worker);
            return Results.Text(reply.Result, "application/json");
        });
        await app.RunAsync($"http://127.0.0.1:{port}");
        return 0;
    }

    private static async Task<WorkerChannel> StartAsync(string path)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("node", ["-e", Program, path]));
        return new WorkerChannel(await listener.AcceptAsync());
    }

    private static void WriteEvent(Utf8JsonWriter writer, JsonElement payload)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("event");
        payload.WriteTo(writer);
        writer.WriteEndObject();
    }
}
