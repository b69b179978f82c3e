using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;

namespace Platform.UserFunctions;

/// <summary>Frames of four length bytes (big endian) and JSON over the socket of a worker. Used by one caller at a time.</summary>
internal sealed class WorkerChannel(Socket socket) : IDisposable
{
    private const int HeadBytes = 4;
    private const int KeptBytes = 1 << 20;
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ArrayBufferWriter<byte> _outgoing = new(1024);
    private byte[] _incoming = new byte[4096];

    /// <summary>Writes a frame and sends it; answers its length.</summary>
    public async ValueTask<int> SendAsync<T>(T state, Action<Utf8JsonWriter, T> write, CancellationToken ct)
    {
        _outgoing.ResetWrittenCount();
        _outgoing.Advance(Head(_outgoing.GetSpan(HeadBytes), 0));
        using (var writer = new Utf8JsonWriter(_outgoing, Unchecked))
            write(writer, state);
        var length = _outgoing.WrittenCount - HeadBytes;
        var frame = System.Runtime.InteropServices.MemoryMarshal.AsMemory(_outgoing.WrittenMemory);
        Head(frame.Span, length);
        for (var rest = frame; rest.Length > 0;)
            rest = rest[await socket.SendAsync(rest, ct)..];
        if (_outgoing.Capacity > KeptBytes)
            _outgoing = new ArrayBufferWriter<byte>(1024);
        return length;
    }

    /// <summary>The next frame, valid until the one after; null when the other side has gone or sends more than <paramref name="most"/> bytes.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReceiveAsync(int most, CancellationToken ct)
    {
        if (_incoming.Length > KeptBytes)
            _incoming = new byte[4096];
        var received = await FillAsync(0, HeadBytes, ct);
        if (received < HeadBytes)
            return null;
        var length = BinaryPrimitives.ReadUInt32BigEndian(_incoming);
        if (length > most)
            return null;
        var whole = HeadBytes + (int)length;
        if (whole > _incoming.Length)
            Array.Resize(ref _incoming, whole);
        return await FillAsync(received, whole, ct) >= whole ? _incoming.AsMemory(HeadBytes, (int)length) : null;
    }

    public void Dispose() => socket.Dispose();

    private async ValueTask<int> FillAsync(int received, int wanted, CancellationToken ct)
    {
        while (received < wanted)
        {
            var count = await socket.ReceiveAsync(_incoming.AsMemory(received), ct);
            if (count == 0)
                break;
            received += count;
        }

        return received;
    }

    private static int Head(Span<byte> at, int length)
    {
        BinaryPrimitives.WriteUInt32BigEndian(at, (uint)length);
        return HeadBytes;
    }
}
