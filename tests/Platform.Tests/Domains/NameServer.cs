using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Platform.Tests.Domains;

/// <summary>A name server on loopback, UDP and TCP, that knows TXT records and aliases (RFC 1035). Names without any are NXDOMAIN.</summary>
internal sealed class NameServer : IAsyncDisposable
{
    private const int MaxUdp = 512;
    private const ushort Txt = 16;
    private const ushort Cname = 5;

    private readonly UdpClient _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private readonly ConcurrentDictionary<string, (ushort Type, string[] Values)> _records = new(StringComparer.OrdinalIgnoreCase);

    public NameServer()
    {
        _tcp = new TcpListener(IPAddress.Loopback, 0);
        _tcp.Start();
        _udp = new UdpClient(new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)_tcp.LocalEndpoint).Port));
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public string Address => _tcp.LocalEndpoint.ToString()!;

    /// <summary>Questions that came by TCP.</summary>
    public int TcpQuestions { get; private set; }

    /// <summary>The server answers nothing.</summary>
    public bool IsSilent { get; set; }

    /// <summary>SERVFAIL to every question.</summary>
    public bool Fails { get; set; }

    /// <summary>A value longer than 255 bytes goes out in parts.</summary>
    public void SetTxt(string name, params string[] values) => _records[name] = (Txt, values);

    public void SetAlias(string name, string target) => _records[name] = (Cname, [target]);

    public void Forget(string name) => _records.TryRemove(name, out _);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _udp.Dispose();
        _tcp.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task ServeUdpAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var question = await _udp.ReceiveAsync(_stop.Token);
            if (IsSilent)
                continue;
            var answer = Answer(question.Buffer);
            if (answer.Length > MaxUdp)
                answer = CutOff(question.Buffer);
            await _udp.SendAsync(answer, question.RemoteEndPoint, _stop.Token);
        }
    }

    private async Task ServeTcpAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            _ = ServeAsync(await _tcp.AcceptTcpClientAsync(_stop.Token)); // a client keeps its connection
        }
    }

    private async Task ServeAsync(TcpClient accepted)
    {
        using var client = accepted;
        var stream = client.GetStream();
        var length = new byte[2];
        while (await stream.ReadAtLeastAsync(length, 2, throwOnEndOfStream: false, _stop.Token) == 2)
        {
            var question = new byte[BinaryPrimitives.ReadUInt16BigEndian(length)];
            await stream.ReadExactlyAsync(question, _stop.Token);
            TcpQuestions++;
            var answer = Answer(question);
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)answer.Length);
            await stream.WriteAsync((byte[])[.. length, .. answer], _stop.Token);
        }
    }

    private byte[] Answer(byte[] question)
    {
        var (name, end) = ReadName(question);
        var known = _records.TryGetValue(name, out var found);
        var records = known && !Fails ? found.Values.Select(value => Record(found.Type, value)).ToList() : [];
        return [.. Header(question, (byte)(Fails ? 2 : known ? 0 : 3), records.Count, cutOff: false), .. question[12..end], .. records.SelectMany(record => record)];
    }

    private static byte[] CutOff(byte[] question) => [.. Header(question, code: 0, answers: 0, cutOff: true), .. question[12..ReadName(question).End]];

    private static byte[] Header(byte[] question, byte code, int answers, bool cutOff) =>
        [question[0], question[1], (byte)(0x81 | (cutOff ? 0x02 : 0)), (byte)(0x80 | code), 0, 1, (byte)(answers >> 8), (byte)answers, 0, 0, 0, 0];

    private static (string Name, int End) ReadName(byte[] message)
    {
        var labels = new List<string>();
        var at = 12;
        for (; message[at] > 0; at += message[at] + 1)
            labels.Add(Encoding.ASCII.GetString(message, at + 1, message[at]));
        return (string.Join('.', labels), at + 5); // the root's length, type and class
    }

    // The name is that of the question, at offset 12.
    private static byte[] Record(ushort type, string value)
    {
        byte[] data = type == Txt
            ? [.. Encoding.UTF8.GetBytes(value).Chunk(255).SelectMany(part => (byte[])[(byte)part.Length, .. part])]
            : [.. value.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];
        return [0xC0, 12, 0, (byte)type, 0, 1, 0, 0, 0, 60, (byte)(data.Length >> 8), (byte)data.Length, .. data];
    }
}
