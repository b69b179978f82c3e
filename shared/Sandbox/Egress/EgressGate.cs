using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Platform.Sandbox.Egress;

/// <summary>The way out of one run: a Unix socket in a folder of its own, bound into the sandbox.</summary>
internal sealed class EgressGate : IAsyncDisposable
{
    /// <summary>Name of the socket in <see cref="Folder"/>.</summary>
    public const string SocketName = "proxy.sock";

    private readonly EgressProxy _proxy;
    private readonly Action<EgressAttempt>? _onAttempt;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly SemaphoreSlim _room = new(EgressProxy.MostConnections);
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Task _accepting;

    public EgressGate(EgressProxy proxy, Action<EgressAttempt>? onAttempt, ILogger logger)
    {
        (_proxy, _onAttempt, _logger) = (proxy, onAttempt, logger);
        Folder = WorkFolders.Create();
        try
        {
            // The sandbox's user is not the platform's; nobody else finds the folder.
            UnixFiles.SetMode(Folder, UnixFiles.PassableFolder);
            var path = Path.Combine(Folder, SocketName);
            _listener.Bind(new UnixDomainSocketEndPoint(path));
            UnixFiles.SetMode(path, UnixFiles.OpenSocket);
            _listener.Listen(EgressProxy.MostConnections);
        }
        catch
        {
            Release();
            throw;
        }
        _accepting = AcceptAsync();
    }

    /// <summary>Host folder that holds the socket.</summary>
    public string Folder { get; }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Release();
        await _accepting;
        // Connections end by themselves now; each returns its place.
        for (var i = 0; i < EgressProxy.MostConnections; i++)
            await _room.WaitAsync();
        _room.Dispose();
        _end.Dispose();
    }

    private void Release()
    {
        _listener.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                await _room.WaitAsync(_end.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                var client = await _listener.AcceptAsync(_end.Token);
                _ = ServeAsync(client);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                _room.Release();
            }
        }
    }

    private async Task ServeAsync(Socket client)
    {
        try
        {
            using (client)
                await new EgressConnection(_proxy, client, _onAttempt).RunAsync(_end.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One of the two ends went away: that is how connections end.
        }
        catch (Exception e)
        {
            _logger.LogError(e, "A connection of the egress proxy failed");
        }
        finally
        {
            _room.Release();
        }
    }
}
