using System.Net.Sockets;

namespace Platform.Sandbox.Egress;

internal static class SocketSending
{
    /// <summary>Sends to the last byte; a socket may take fewer at once.</summary>
    public static async Task SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (bytes.Length > 0)
            bytes = bytes[await socket.SendAsync(bytes, ct)..];
    }
}
