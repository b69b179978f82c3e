using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Platform.Outbound;

/// <summary>
/// HTTP on behalf of users. Every request and every redirect passes <see cref="OutboundGuard"/>, and the connection goes to the address that was checked.
/// No cookies, no proxy of the environment, no trace headers; redirects only on request; time and size are limited.
/// </summary>
public sealed class OutboundHttp(OutboundGuard guard, TimeProvider clock) : IDisposable
{
    private const int MaxHeaderKilobytes = 64;
    private const int MaxDrainBytes = 64 * 1024;
    private const int ReadSize = 16 * 1024;

    private readonly ConcurrentDictionary<string, (OutboundPolicy Policy, HttpMessageInvoker Invoker)> _invokers = new(StringComparer.Ordinal);

    /// <summary>Sends and reads the whole answer. Throws <see cref="OutboundException"/>; every status is an answer.</summary>
    public async Task<OutboundResponse> SendAsync(HttpRequestMessage request, OutboundCall call, CancellationToken ct)
    {
        using var time = new CancellationTokenSource(call.Timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            var (response, redirects) = await FollowAsync(request, call, linked.Token);
            using (response)
            {
                var (body, isTruncated) = await ReadAsync(response.Content, call, linked.Token);
                return new OutboundResponse(
                    response.StatusCode, response.ReasonPhrase, Headers(response), body, isTruncated, response.RequestMessage!.RequestUri!, redirects);
            }
        }
        catch (Exception e) when (e is not OutboundException && (IsNetworkFault(e) || (time.IsCancellationRequested && !ct.IsCancellationRequested)))
        {
            throw Translate(e);
        }
    }

    /// <summary>
    /// Sends and returns when the headers have come, for answers that are read as a stream. The body is limited to <see cref="OutboundCall.MaxBodyBytes"/>;
    /// its time is the caller's business. The caller disposes the response.
    /// </summary>
    public async Task<HttpResponseMessage> OpenAsync(HttpRequestMessage request, OutboundCall call, CancellationToken ct)
    {
        using var time = new CancellationTokenSource(call.Timeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, time.Token);
        try
        {
            var (response, _) = await FollowAsync(request, call, linked.Token);
            response.Content = await LimitedContent.WrapAsync(response.Content, call.MaxBodyBytes, linked.Token);
            return response;
        }
        catch (Exception e) when (e is not OutboundException && (IsNetworkFault(e) || (time.IsCancellationRequested && !ct.IsCancellationRequested)))
        {
            throw Translate(e);
        }
    }

    public void Dispose()
    {
        foreach (var (_, invoker) in _invokers.Values)
            invoker.Dispose();
    }

    private async Task<(HttpResponseMessage Response, int Redirects)> FollowAsync(HttpRequestMessage request, OutboundCall call, CancellationToken ct)
    {
        var (policy, invoker) = _invokers.GetOrAdd(call.Policy.Purpose, (_, policy) => (policy, CreateInvoker(policy)), call.Policy);
        if (policy != call.Policy)
            throw new InvalidOperationException($"Two policies for purpose '{policy.Purpose}': their requests would share connections");
        for (var redirects = 0; ; redirects++)
        {
            var address = request.RequestUri ?? throw new ArgumentException("The request has no address", nameof(request));
            if (guard.CheckUri(address, call.Policy) is { } refusal)
                throw new OutboundException(OutboundFailure.Refused, refusal.Message);
            var response = await invoker.SendAsync(request, ct);
            if (call.MaxRedirects == 0 || Redirect.Target(response) is not { } target)
                return (response, redirects);
            if (redirects == call.MaxRedirects)
            {
                response.Dispose();
                throw new OutboundException(OutboundFailure.TooManyRedirects, "Too many redirects");
            }

            request = Redirect.Next(request, response.StatusCode, target);
            response.Dispose();
        }
    }

    private HttpMessageInvoker CreateInvoker(OutboundPolicy policy) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = DecompressionMethods.All,
        MaxResponseHeadersLength = MaxHeaderKilobytes,
        MaxResponseDrainSize = MaxDrainBytes,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2), // a changed name or rule counts soon
        ConnectCallback = async (context, ct) =>
            new NetworkStream(await guard.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, policy, ct), ownsSocket: true),
    });

    private static async Task<(ReadOnlyMemory<byte> Body, bool IsTruncated)> ReadAsync(HttpContent content, OutboundCall call, CancellationToken ct)
    {
        await using var source = await content.ReadAsStreamAsync(ct);
        var body = new MemoryStream();
        var buffer = new byte[ReadSize];
        while (await source.ReadAsync(buffer, ct) is var read and > 0)
        {
            var room = call.MaxBodyBytes - body.Length;
            if (read <= room)
            {
                body.Write(buffer, 0, read);
                continue;
            }

            if (!call.Truncate)
                throw new OutboundException(OutboundFailure.TooLarge, "The answer is too large");
            body.Write(buffer, 0, (int)room);
            return (body.GetBuffer().AsMemory(0, (int)body.Length), true);
        }

        return (body.GetBuffer().AsMemory(0, (int)body.Length), false);
    }

    private static Dictionary<string, string> Headers(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
            headers[name] = values.ToString();
        return headers;
    }

    private static bool IsNetworkFault(Exception e) => e is HttpRequestException or IOException or SocketException or InvalidDataException;

    private static OutboundException Translate(Exception fault)
    {
        for (var e = fault; e is not null; e = e.InnerException)
        {
            if (e is OutboundException known)
                return new OutboundException(known.Failure, known.Message, fault);
        }

        return fault switch
        {
            OperationCanceledException => new OutboundException(OutboundFailure.Timeout, "No answer in time", fault),
            HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } =>
                new OutboundException(OutboundFailure.Network, "The TLS handshake failed", fault),
            _ => new OutboundException(OutboundFailure.Network, "The connection failed", fault),
        };
    }
}
